import { afterEach, describe, expect, test } from 'vitest';
import { verdictOf } from '../../src/http/trouble/trouble.ts';
import { type StackUnderTest, startStack } from './stack-under-test.ts';

let under: StackUnderTest;
afterEach(() => under.close());

const types = () => new Set(under.events.map(({ type }) => type));

describe('what no header takes', () => {
  test('a credential: no request is made with it, and the archive is not to blame', async () => {
    const credential = { type: 'bearer', name: 'MY_TOKEN', token: 'abc–def' } as const;
    under = await startStack(() => ({ body: 'ok' }), {}, { credential });
    const errors = await Promise.all(
      Array.from({ length: 20 }, (_, n) => under.http.text(under.request(`/${n}`)).catch((error: unknown) => error)),
    );
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'AUTH',
        message: 'MY_TOKEN cannot be sent: it holds a character that no header takes',
        hint: expect.stringContaining('check MY_TOKEN'),
      });
      expect(verdictOf(error)).toBe('neither');
    }
    expect(under.server.requests).toEqual([]);
    expect(types()).not.toContain('waiting');
    expect(under.events.filter(({ type }) => type === 'request')).toHaveLength(1);
  });

  test.each([
    ['x-part', 'a\nb'],
    ['accept', 'text/–'],
    ['two words', 'x'],
  ])('the header %j of a handler: it is an error of the handler, at once', async (name, value) => {
    under = await startStack(() => ({ body: 'ok' }));
    const error = await under.http.text(under.request('/x', { headers: { [name]: value } })).catch((caught) => caught);
    expect(error).toMatchObject({ code: 'PLUGIN', message: expect.stringContaining('"test"') });
    expect(verdictOf(error)).toBe('neither');
    expect(under.server.requests).toEqual([]);
    expect(types()).not.toContain('waiting');
  });
});

test.each(['Content-Length', 'transfer-encoding', 'Connection', 'Expect', 'Upgrade', 'Keep-Alive'])(
  'the header %s is not a handler’s to give',
  async (name) => {
    under = await startStack(() => ({ body: 'ok' }));
    for (const request of [under.request('/x'), under.request('/x', { form: { a: 'b' }, lookup: true })]) {
      await expect(under.http.text({ ...request, headers: { [name]: '5' } })).rejects.toMatchObject({
        code: 'PLUGIN',
        message: `the handler "test" gives the header "${name}" of a request`,
      });
    }
    expect(under.events.filter(({ type }) => type === 'request')).toEqual([]);
  },
);
