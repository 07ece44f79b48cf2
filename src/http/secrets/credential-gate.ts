import { AuthError } from '../../errors/auth-error.ts';
import { errorMessage } from '../../errors/error-message.ts';
import { oneLine } from '../body/complaint.ts';
import type { Exchange, Reply, Send, SentCredential } from '../exchange.ts';
import { publicUrl } from './public-url.ts';

/** Milliseconds that the check of a credential may take to its first byte. */
const CHECK_MS = 10_000;

/** What the gate needs. */
export interface CredentialGateSettings {
  readonly warn: (message: string) => void;
  readonly mask: (text: string) => string;
  /** Tells of the check, as every request is told. */
  readonly observe: (next: Send) => Send;
}

/**
 * The layer that ends a wrong credential after one request. The first request with a credential goes alone (the check, when the
 * handler declares one); the others wait for its answer. After a 401, or NCBI's 400 for a bad key, none with that credential is
 * made any more in this process: all of them fail with the same error.
 */
export function createCredentialGate(settings: CredentialGateSettings): (next: Send) => Send {
  const verdicts: Verdicts = new Map();
  return (next) => (exchange) => {
    const { credential } = exchange.identity;
    return credential === null ? next(exchange) : sendWith(exchange, credential, next, { ...settings, verdicts });
  };
}

/** What was said of each credential at each operator; null: it is good. */
type Verdicts = Map<string, Promise<AuthError | null>>;

async function sendWith(
  exchange: Exchange,
  credential: SentCredential,
  next: Send,
  settings: CredentialGateSettings & { readonly verdicts: Verdicts },
): Promise<Reply> {
  const { verdicts } = settings;
  const name = JSON.stringify([credential.name, exchange.operator.name]);
  const verdict = verdicts.get(name);
  if (verdict === undefined) {
    const first = sendFirst(exchange, credential, next, settings);
    verdicts.set(
      name,
      first.then(() => null, asRefusal),
    );
    return first;
  }
  const refusal = await verdict;
  if (refusal !== null) throw refusal;
  return sendChecked(exchange, credential, next, settings).catch((error: unknown) => {
    if (error instanceof AuthError) verdicts.set(name, Promise.resolve(error));
    throw error;
  });
}

function asRefusal(error: unknown): AuthError | null {
  return error instanceof AuthError ? error : null;
}

async function sendFirst(
  exchange: Exchange,
  credential: SentCredential,
  next: Send,
  settings: CredentialGateSettings,
): Promise<Reply> {
  const check = credential.check?.();
  if (check !== undefined && check.key.name !== exchange.key.name) {
    // It is everybody's: it ends with the command, not with the first request.
    await checkCredential({ ...check, stop: check.asker, firstByteTimeoutMs: CHECK_MS }, credential, next, settings);
  }
  return sendChecked(exchange, credential, next, settings);
}

/** Rejects when the credential is refused; what else goes wrong is a warning. */
async function checkCredential(
  check: Exchange,
  credential: SentCredential,
  next: Send,
  { warn, mask, observe }: CredentialGateSettings,
): Promise<void> {
  const troubled = (what: string) => warn(`${credential.name} could not be checked: ${what}; going on with it`);
  try {
    const reply = await observe((sent) => sendChecked(sent, credential, next, { mask }))(check);
    if (reply.status < 200 || reply.status > 299) troubled(`${check.operator.name} answered ${reply.status}`);
  } catch (error) {
    if (error instanceof AuthError || check.stop.aborted) throw error;
    troubled(errorMessage(error));
  }
}

async function sendChecked(
  exchange: Exchange,
  credential: SentCredential,
  next: Send,
  { mask }: Pick<CredentialGateSettings, 'mask'>,
): Promise<Reply> {
  const reply = await next(exchange);
  const text = reply.status === 400 ? reply.body.headText : '';
  if (reply.status !== 401 && !/api key invalid/i.test(text)) return reply;
  const { status, fetchedAt } = reply;
  const url = publicUrl(exchange.url);
  const operator = exchange.operator.name;
  const said = mask(oneLine(reply.body.headText).slice(0, 300));
  throw new AuthError(`${operator} refused ${credential.name}: it answered ${status} to ${url}`, {
    hint: `check ${credential.name}`,
    fields: { status, url, operator, said, fetchedAt },
  });
}
