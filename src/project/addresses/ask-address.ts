import { errorMessage } from '../../errors/error-message.ts';
import { failureName } from '../../errors/failure-name.ts';
import { HttpStatusError } from '../../errors/http-status-error.ts';
import type { Http, HttpAnswer } from '../../ports/http.ts';
import type { Found } from './judge-address.ts';

/** Statuses of a host that does not answer HEAD. */
const NO_HEAD: ReadonlySet<number> = new Set([405, 501]);

/** Statuses of an address at which there is nothing. */
const NOTHING_THERE: ReadonlySet<number> = new Set([404, 410]);

/**
 * Asks a host what it has at an address: by HEAD; by the first byte where the host does not answer that, or does not say the
 * size. What goes wrong is an answer too; an abort, and a fault of the program, rejects.
 */
export async function askAddress(url: string, http: Http): Promise<Found> {
  try {
    const head = await askHead(url, http);
    if (head !== null && (head.bytes ?? 0n) > 0n) return head;
    return await askFirstByte(url, http, head);
  } catch (error) {
    return foundByError(error);
  }
}

type There = Extract<Found, { kind: 'there' }>;

/** Null: the host does not answer HEAD. */
async function askHead(url: string, http: Http): Promise<There | null> {
  try {
    const { headers } = await http.send({ url, method: 'HEAD', expect: { kind: 'headers' } });
    return thereBy(headers, bytesOf(headers['content-length']));
  } catch (error) {
    if (error instanceof HttpStatusError && NO_HEAD.has(error.status)) return null;
    throw error;
  }
}

/** `head`: what HEAD said, which counts when the first byte cannot be had. */
async function askFirstByte(url: string, http: Http, head: There | null): Promise<Found> {
  try {
    const { status, headers } = await http.send({
      url,
      method: 'GET',
      headers: { range: 'bytes=0-0' },
      expect: { kind: 'headers' },
    });
    // 206 is a part; a host that does not know ranges sends the whole with 200.
    const [, whole] = /^bytes\s+\d+-\d+\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
    return thereBy(headers, bytesOf(status === 206 ? whole : headers['content-length']));
  } catch (error) {
    if (head !== null && error instanceof HttpStatusError) return head;
    throw error;
  }
}

function bytesOf(text: string | undefined): bigint | null {
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : null;
}

function thereBy(headers: HttpAnswer['headers'], bytes: bigint | null): There {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  return { kind: 'there', bytes, type: headers['content-type'] ?? null, isCompressed: encoding !== 'identity' };
}

function foundByError(error: unknown): Found {
  const failure = failureName(error);
  if (failure === 'internal_error') throw error;
  if (error instanceof HttpStatusError && NOTHING_THERE.has(error.status)) {
    return { kind: 'missing', reason: `the host answered ${error.status}` };
  }
  if (failure === 'auth_error') {
    return { kind: 'unknown', reason: 'the host gives it not to everybody, or has it not (401 or 403)', failure };
  }
  return { kind: 'unknown', reason: errorMessage(error), failure };
}
