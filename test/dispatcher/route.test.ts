import { expect, test } from 'vitest';
import { BUILT_IN_HANDLERS } from '../../handlers/index.ts';
import { createRegistry } from '../../src/dispatcher/registry.ts';
import { route } from '../../src/dispatcher/route.ts';
import { scriptedHandler } from './scripted-handler.ts';

function registry() {
  const all = createRegistry();
  for (const handler of BUILT_IN_HANDLERS) all.registerHandler(handler, { builtIn: true });
  return all;
}

test.each([
  ['GSM3526037', 'geo'],
  ['gse124227 ', 'geo'],
  ['\uFEFFGPL11154', 'geo'],
  ['PRJNA511021', 'insdc'],
  ['PRJEB1', 'insdc'],
  ['PRJDB1', 'insdc'],
  ['PRJEA1', 'insdc'],
  ['PRJDA1', 'insdc'],
  ['SRP174132', 'insdc'],
  ['ERP000546', 'insdc'],
  ['DRP000595', 'insdc'],
  ['SRX5172107', 'insdc'],
  ['ERX011191', 'insdc'],
  ['DRX001563', 'insdc'],
  ['SRS4179725', 'insdc'],
  ['ERS025088', 'insdc'],
  ['DRS001521', 'insdc'],
  ['SRR8361601', 'insdc'],
  ['ERR030891', 'insdc'],
  ['DRR002116', 'insdc'],
  ['SRA826111', 'insdc'],
  ['ERA022994', 'insdc'],
  ['DRA000567', 'insdc'],
  ['SAMN10621858', 'insdc'],
  ['SAMEA962340', 'insdc'],
  ['SAME962340', 'insdc'],
  ['SAMD00004104', 'insdc'],
])('000-03 %j goes to %s', (text, handler) => {
  const [routed] = route([text], registry());
  expect(routed?.refusal).toBeNull();
  expect(routed?.claim?.handler.name).toBe(handler);
});

test.each([
  ['CRA004720', /GSA/],
  ['HRA000001', /GSA/],
  ['ENCSR000AAA', /ENCODE/],
  ['E-MTAB-6681', /ArrayExpress/],
  ['EGAD00001000001', /EGA/],
  ['phs001272', /dbGaP/],
])('%s is known, and answered no_handler with the name of its archive', (text, name) => {
  const [routed] = route([text], registry());
  expect(routed?.refusal?.outcome).toBe('no_handler');
  expect(routed?.refusal?.reason).toMatch(name);
});

test.each([
  ['GSM12x', /GSM12/],
  ['SRR123', /at least 6/],
  ['hello', /./],
  ['GSM123 456', /./],
])('%j is invalid, with a reason', (text, reason) => {
  const [routed] = route([text], registry());
  expect(routed?.refusal?.outcome).toBe('invalid');
  expect(routed?.refusal?.reason).toMatch(reason);
});

test.each([['G\u017FM576'], ['GSM\u0661\u0662\u0663'], ['SRR1234567890123']])(
  '000-04 %j is refused before any request',
  (text) => {
    expect(route([text], registry())[0]?.refusal?.outcome).toBe('invalid');
  },
);

test('a range is one row per member; a range that is too large is refused before it is expanded', () => {
  const rows = route(['SRR1000001-SRR1000003', 'SRR1000001..SRR9999999'], registry());
  expect(rows.map((row) => row.given)).toEqual(['SRR1000001', 'SRR1000002', 'SRR1000003', 'SRR1000001..SRR9999999']);
  expect(rows[3]?.refusal?.outcome).toBe('invalid');
});

test('000-05 a stricter check of the handler makes an id invalid, not unclaimed', () => {
  const all = registry();
  all.registerHandler(scriptedHandler({ validate: (id) => (id.endsWith('7') ? 'bad check digit' : null) }));
  expect(route(['TEST17'], all)[0]?.refusal).toEqual({ outcome: 'invalid', reason: 'bad check digit' });
  expect(route(['test18'], all)[0]?.claim?.handler.name).toBe('test');
});

test('--handler asks that handler, whoever else is first', () => {
  const all = registry();
  all.registerHandler(
    scriptedHandler({ name: 'mine', patterns: [{ level: 'sample', pattern: /^GSM\d+$/, example: 'GSM1' }] }),
  );
  expect(route(['GSM1'], all)[0]?.claim?.handler.name).toBe('geo');
  expect(route(['GSM1'], all, { handler: 'mine' })[0]?.claim?.handler.name).toBe('mine');
  expect(route(['SRR1000001'], all, { handler: 'mine' })[0]?.refusal?.outcome).toBe('no_handler');
});

test('000-03 an id of a handler that is left out is told so, unless another one claims it', () => {
  const some = createRegistry();
  const away = scriptedHandler({
    name: 'lab',
    patterns: [{ pattern: /^(LAB|GSM)\d+$/, example: 'LAB1', level: 'sample' }],
  });
  some.leaveOut(away);
  const refusal = { outcome: 'no_handler', reason: 'lab is disabled: celline handlers enable lab' };
  expect(route(['LAB1', 'GSM1'], some).map((one) => one.refusal)).toEqual([refusal, refusal]);
  some.registerHandler({ ...away, name: 'other' });
  expect(route(['LAB1'], some)[0]?.claim?.handler.name).toBe('other');
});
