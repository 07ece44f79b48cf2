import { AuthError } from '../errors/auth-error.ts';
import { BadResponseError } from '../errors/bad-response-error.ts';
import type { CellineError } from '../errors/celline-error.ts';
import { HttpStatusError } from '../errors/http-status-error.ts';
import { bodyFault } from '../ports/body-faults.ts';
import { discardBody } from './body/body.ts';
import { type Checked, checkBody, checkMediaType } from './body/body-check.ts';
import { type Complaint, htmlComplaint, isHtml, oneLine } from './body/complaint.ts';
import type { Exchange, Reply, Send } from './exchange.ts';
import { publicUrl } from './secrets/public-url.ts';
import { asTransient } from './trouble/transient.ts';
import { CONDITIONS } from './wire/request-headers.ts';

/** Statuses of a server or proxy that is in trouble for a moment. */
const TRANSIENT_STATUSES = new Set([500, 502, 503, 504]);

/** A text with every secret of the stack blanked out. */
export type Mask = (text: string) => string;

/** The layer that turns bad statuses and lying bodies into errors. */
export function createCheckLayer(mask: Mask): (next: Send) => Send {
  return (next) => (exchange) => next(exchange).then((reply) => checkReply(exchange, reply, mask));
}

function checkReply(exchange: Exchange, reply: Reply, mask: Mask): Reply | Promise<Reply> {
  const isUnchanged = reply.status === 304 && isConditional(exchange);
  if (isUnchanged) return reply;
  const challenge = challengeIn(reply);
  if (challenge !== null) throw bodyError(exchange, reply, challenge, mask);
  if (reply.status < 200 || reply.status > 299) throw statusError(exchange, reply, mask);
  if (exchange.method === 'HEAD') return reply;
  const checked = complaintAbout(reply, exchange);
  return checked === null ? reply : refuse(exchange, reply, checked, mask);
}

function complaintAbout({ body, status, headers }: Reply, { expect }: Exchange): Checked {
  const ofType = () => checkMediaType(expect, body, headers['content-type']);
  const checked = checkBody(expect, body, status);
  return checked instanceof Promise ? checked.then((found) => found ?? ofType()) : (checked ?? ofType());
}

/** Rejects when there is a complaint; what is known only when the body has been read may be none. */
async function refuse(exchange: Exchange, reply: Reply, checked: NonNullable<Checked>, mask: Mask): Promise<Reply> {
  const complaint = await checked;
  if (complaint === null) return reply;
  await discardBody(reply.body);
  throw bodyError(exchange, reply, complaint, mask);
}

function isConditional({ headers }: Exchange): boolean {
  return CONDITIONS.some((name) => headers[name] !== undefined);
}

/** A page under an error status that asks for a person: no missing credentials, and no verdict about the record. */
function challengeIn({ status, headers, body }: Reply): Complaint | null {
  if (status !== 403 && status !== 503) return null;
  const head = body.headText;
  const complaint = isHtml(head) ? htmlComplaint(head) : null;
  if (headers['cf-mitigated'] === 'challenge') return { kind: 'captcha', what: 'a page that asks for a person' };
  return complaint?.kind === 'captcha' ? complaint : null;
}

function statusError(exchange: Exchange, reply: Reply, mask: Mask): CellineError {
  const { status } = reply;
  const url = publicUrl(exchange.url);
  const said = mask(oneLine(reply.body.headText).slice(0, 300));
  const fields = { status, url, operator: exchange.operator.name, said, fetchedAt: reply.fetchedAt };
  const message = `${exchange.operator.name} answered ${status} to ${url}`;
  // A refused credential has ended before it came here (credential-gate.ts).
  if (status === 401 || status === 403) {
    const hint =
      exchange.identity.credential === null && status === 401
        ? 'the archive asks for credentials: celline doctor names the variables'
        : 'check the credentials of this archive, or whether the record is open';
    return new AuthError(message, { hint, fields });
  }
  if (!TRANSIENT_STATUSES.has(status)) {
    return new HttpStatusError(status, isPlain(reply) && said !== '' ? `${message}: ${said}` : message, { fields });
  }
  const hint = 'the archive is in trouble: try again later';
  return asTransient(new HttpStatusError(status, `${message} (server error)`, { hint, fields }));
}

/** True for a short text that a person can read: archives explain a 400 in a line, but send pages too. */
function isPlain({ headers, body }: Reply): boolean {
  return body.size < 2000 && !/html/i.test(headers['content-type'] ?? '');
}

function bodyError(exchange: Exchange, reply: Reply, complaint: Complaint, mask: Mask): BadResponseError {
  const url = publicUrl(exchange.url);
  const { hint, retry } = bodyFault(complaint.kind);
  const error = new BadResponseError(mask(`${exchange.operator.name} answered ${url} with ${complaint.what}`), {
    hint,
    fields: { kind: complaint.kind, status: reply.status, url, operator: exchange.operator.name },
    page: mask(reply.body.headText),
  });
  return retry ? asTransient(error) : error;
}
