import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DetectData, DoctorData, InspectData, QuantizeData, RunData } from '../../../src/cli/output/documents.ts';
import type { RecipeAdvice } from '../../../src/shared/domain/recipe-advice.ts';
import type { Sensitivity } from '../../../src/shared/domain/sensitivity.ts';
import { createCommandLine, hasty, short, tinyModel, type CommandLine } from './command-line.ts';

let line: CommandLine;
beforeAll(() => {
  line = createCommandLine();
});
afterAll(() => {
  line[Symbol.dispose]();
});

function threeLines(stderr: string): string[] {
  return stderr.trimEnd().split('\n').slice(-3);
}

describe('looking at the machine', () => {
  it('detect tells the machine and what every provider answered', async () => {
    const { document, exitCode } = await line.runJson('detect');
    const { machine, providers } = document.data as DetectData;
    expect(exitCode).toBe(0);
    expect(machine.cpu.logicalCores.status).toBe('present');
    expect(providers.find(({ id }) => id === 'cpu')?.status.status).toBe('available');
    expect(providers).toHaveLength(6);
  });

  it('doctor finds the machine fit to measure on its processor', async () => {
    const { document, exitCode } = await line.runJson('doctor');
    expect(exitCode).toBe(0);
    expect(document.data).toMatchObject({ dataDirectory: { usable: true }, lock: null });
    expect((document.data as DoctorData).harness?.clockResolutionNs).toBeGreaterThan(0);
    expect((document.data as DoctorData).problems).not.toContainEqual(
      expect.objectContaining({ severity: 'blocking' }),
    );
  });
});

describe('models', () => {
  it('can be added under a name, inspected by it, listed and removed', async () => {
    const added = await line.runJson('models', 'add', tinyModel, '--name', 'tiny');
    expect(added.document).toMatchObject({ ok: true, data: { name: 'tiny', summary: { parameters: 279 } } });
    const listed = await line.run('models');
    expect(listed.stdout).toMatch(/^tiny\s.*279/m);
    const { document } = await line.runJson('inspect', 'tiny', '--batch', '2');
    const { cost } = document.data as InspectData;
    expect(cost?.inputShapes).toEqual({ x: [2, 3, 16, 16] });
    expect(cost?.macs).toBeGreaterThan(0);
    expect((await line.runJson('models', 'remove', 'tiny')).exitCode).toBe(0);
    const names = (await line.runJson('models', 'list')).document.data as { models: { name: string }[] };
    expect(names.models.map(({ name }) => name)).not.toContain('tiny');
    expect(names.models.map(({ name }) => name)).toContain('resnet50');
  });

  it('whose file was removed are listed as gone', async () => {
    const file = path.join(line.folder, 'short-lived.onnx');
    cpSync(tinyModel, file);
    expect((await line.runJson('models', 'add', file)).exitCode).toBe(0);
    rmSync(file);
    expect((await line.run('models')).stdout).toMatch(/^short-lived .*file is gone$/m);
    const { document } = await line.runJson('models');
    const { models } = document.data as { models: { name: string; present: boolean }[] };
    expect(models.filter(({ present }) => !present).map(({ name }) => name)).toEqual(['short-lived']);
    expect((await line.runJson('inspect', 'short-lived')).document.error?.code).toBe('MODEL_NOT_FOUND');
    await line.run('models', 'remove', 'short-lived');
  });

  it('a size that is missing leaves the rest of inspect standing', async () => {
    const text = path.join(path.dirname(tinyModel), 'text.onnx');
    const { document, exitCode } = await line.runJson('inspect', text);
    expect(exitCode).toBe(0);
    expect(document.data).toMatchObject({ cost: null, costFailure: { code: 'DIMENSION_NEEDED' } });
  });
});

describe('bad input', () => {
  it('a file that is no model ends with 2, three lines and nothing stored', async () => {
    const bad = path.join(line.folder, 'bad.onnx');
    writeFileSync(bad, 'not a model');
    const { exitCode, stdout, stderr } = await line.run('run', bad);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(threeLines(stderr)).toEqual([
      expect.stringMatching(/^Error: .+/),
      expect.stringMatching(/^To do: .+/),
      expect.stringMatching(/^Code: {2}MODEL_\w+$/),
    ]);
    expect(stderr).not.toMatch(/^\s+at /m);
    const { document } = await line.runJson('results');
    expect(document.data).toMatchObject({ runs: [] });
  });

  it.each([
    [['run', tinyModel, '--batch', '0'], 'USAGE'],
    [['run'], 'USAGE'],
    [['rnu'], 'USAGE'],
    [['gpu'], 'USAGE'],
    [['run', 'no-such-model'], 'MODEL_NOT_FOUND'],
    [['run', tinyModel, '--dim', 'height=3'], 'DIMENSION_MISMATCH'],
    [['results', 'show', 'run_0000000000000000'], 'NOT_FOUND'],
    [['export', 'run_0000000000000000', '--format', 'xml'], 'USAGE'],
    [['gpu', 'install', '--from', '/nowhere.nupkg'], 'INSTALL_FAILED'],
  ])('%j ends with 2 and the code %s in one document', async (args, code) => {
    const { exitCode, document } = await line.runJson(...args);
    expect(exitCode).toBe(2);
    expect(document).toMatchObject({ ok: false, error: { code } });
  });
});

describe('a run', () => {
  let data: RunData;
  beforeAll(async () => {
    const { document, exitCode } = await line.runJson('run', tinyModel, '--override', short);
    expect(exitCode).toBe(0);
    data = document.data as RunData;
  });

  it('is marked as one under changed rules', () => {
    const [cell] = data.cells;
    const codes = cell?.outcome.state === 'completed' ? cell.outcome.validity.findings.map(({ code }) => code) : [];
    expect(codes).toContain('CUSTOM_RULES');
  });

  it('is listed, shown with its samples, exported and deleted', async () => {
    const { id } = data.run;
    expect((await line.run('results', '--model', tinyModel)).stdout).toContain(id);
    const shown = await line.run('results', 'show', id);
    expect(shown.stdout).toMatch(/p50 latency +[\d.,]+ +[µm]s +[\d.,]+ – [\d.,]+ +● measured/);
    expect((await line.runJson('results', 'show', id, '--samples')).document).toMatchObject({
      data: { series: [{ cell: 0, process: 0 }] },
    });
    const file = path.join(line.folder, 'run.json');
    const exported = await line.runJson('export', id, '-o', file);
    expect(exported.document.data).toMatchObject({ path: file });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ format: 'inferometer.run', run: { id } });
    expect(JSON.parse((await line.run('export', id, '-o', '-')).stdout)).toMatchObject({ run: { id } });
    expect((await line.runJson('results', 'delete', id)).exitCode).toBe(0);
    expect((await line.runJson('results', 'show', id)).document).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });

  it('with an INVALID result ends with 3 and says how to see it again', async () => {
    const { exitCode, stdout, stderr } = await line.run('run', tinyModel, '--batch', '2', '--override', hasty);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/□ INVALID/);
    expect(stdout).toMatch(/^\$ npm run -s inferometer -- results show run_\w+$/m);
    expect(stderr).toMatch(/1 configuration, quick grade, single-stream: (at least|about) \d+ s/);
    for (const text of stdout.split('\n')) expect(text.length).toBeLessThanOrEqual(80);
  });

  it('whose provider is not there for any configuration ends with 2', async () => {
    const missing = process.platform === 'darwin' ? 'dml' : 'coreml';
    const one = await line.runJson('run', tinyModel, '--provider', missing);
    expect([one.exitCode, one.document.error?.code]).toEqual([2, 'PROVIDER_UNAVAILABLE']);
    const other = process.platform === 'win32' ? 'tensorrt' : 'dml';
    const several = await line.runJson('run', tinyModel, '--provider', `${missing},${other}`, '--override', hasty);
    expect(several.exitCode).toBe(2);
    expect((several.document.data as RunData).cells.map(({ outcome }) => outcome.state)).toEqual(['failed', 'failed']);
  });
});

it('bench measures what fits into its budget, names the rest and exports', async () => {
  const { exitCode, document, stderr } = await line.runJson('bench', '--budget', '20', '--override', hasty);
  const data = document.data as { runs: RunData[]; skipped: unknown[]; exports: { path: string }[]; elapsedS: number };
  // Which configurations fit depends on how busy the machine is; the exit code follows from what was measured.
  const outcomes = data.runs.flatMap(({ cells }) => cells.map(({ outcome }) => outcome));
  const isInvalid = outcomes.some((one) => one.state === 'completed' && one.validity.verdict === 'INVALID');
  expect(exitCode, stderr).toBe(isInvalid ? 3 : 0);
  expect(data.runs[0]?.cells.map(({ outcome }) => outcome.state)).toContain('completed');
  expect(data.skipped).not.toEqual([]);
  expect(data.exports.length).toBe(2 * data.runs.length);
  for (const { path: file } of data.exports) expect(existsSync(file)).toBe(true);
});

it('nothing stays in the folder for temporary files', () => {
  expect(readdirSync(path.join(line.folder, 'data', 'tmp'))).toEqual([]);
});

describe('quantize', () => {
  it('writes a variant that can be measured, and says what it left and why', async () => {
    const target = path.join(line.folder, 'digits.int8.onnx');
    const { document, exitCode } = await line.runJson('quantize', 'digits-cnn', '--to', 'int8-dynamic', '-o', target);
    expect(exitCode).toBe(0);
    const data = document.data as QuantizeData;
    expect(data).toMatchObject({ recipe: 'int8-dynamic', check: { ran: true }, target: { path: target } });
    expect(data.target.sizeBytes).toBeLessThan(data.source.sizeBytes);
    expect(data.nodes.filter(({ outcome }) => outcome.kind === 'left').map(({ operator }) => operator)).toContain(
      'Conv',
    );
    const { stdout } = await line.run('quantize', 'digits-cnn', '--to', 'fp16', '-o', target);
    expect(stdout).toMatch(/ONNX Runtime loads and runs it/);
  });

  it('proposes recipes with reasons where none is named', async () => {
    const { document, exitCode } = await line.runJson('quantize', 'digits-cnn');
    expect(exitCode).toBe(0);
    const { advice } = document.data as { advice: RecipeAdvice };
    expect(advice.opinions[0]).toMatchObject({ recipe: 'int8-static', stance: 'proposed' });
    expect(advice.opinions.every(({ reason }) => reason !== '')).toBe(true);
    const { stdout } = await line.run('quantize', 'digits-cnn');
    expect(stdout).toMatch(/Proposed, best first[^]*int8-static[^]*Not proposed[^]*fp16/);
  });

  it('calibrates with the samples of training and judges by the held-out ones', async () => {
    const target = path.join(line.folder, 'digits.static.onnx');
    const making = ['quantize', 'digits-cnn', '--to', 'int8-static', '-o', target, '--max-drop', '5%'];
    const { document, exitCode } = await line.runJson(...making, '--calibration-samples', '32');
    expect(exitCode).toBe(0);
    const data = document.data as QuantizeData;
    expect(data.calibration).toMatchObject({ source: 'files', samples: 32, method: 'min-max' });
    expect(data.sensitivity).toMatchObject({ measure: 'accuracy', bound: 0.05, excluded: [], modelsTried: 1 });
    expect(data.sensitivity?.evaluation.description).toBe('digits-cnn (held-out), 256 of 540 samples');
    expect(data.sensitivity?.reached.loss?.interval).not.toBeNull();
  });

  it('calibrates with a table of the user, of which it keeps some apart to judge', async () => {
    const table = path.join(line.folder, 'pixels.csv');
    const rows = Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: 64 }, (_, pixel) => ((row * 7 + pixel * 3) % 17) / 16).join(','),
    );
    writeFileSync(table, rows.join('\n'));
    const target = path.join(line.folder, 'digits.table.onnx');
    const making = ['quantize', 'digits-cnn', '--to', 'int8-static', '-o', target, '--calibration'];
    const { stdout, exitCode } = await line.run(...making, table, '--percentile', '99.9');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/calibration\s+pixels\.csv, 8 samples, percentile/);
    const { document } = await line.runJson(...making, table, '--max-drop', '90%');
    const judged = document.data as QuantizeData;
    expect(judged.calibration?.samples).toBe(6);
    expect(judged.sensitivity).toMatchObject({
      measure: 'top-1',
      evaluation: { description: 'pixels.csv, 2 of 8 samples', samples: 2 },
    });
    const copy = path.join(line.folder, 'copy.csv');
    cpSync(table, copy);
    const shared = await line.run(...making, table, '--max-drop', '90%', '--evaluate', copy);
    expect(shared.exitCode).toBe(2);
    expect(threeLines(shared.stderr)[0]).toMatch(/8 of the 8 inputs for evaluation were calibrated with/);
    const wrong = await line.run(...making, `${table}x`);
    expect(wrong.exitCode).toBe(2);
    expect(threeLines(wrong.stderr)[2]).toMatch(/INPUTS_INVALID/);
  });

  it('marks a variant that was calibrated with generated inputs as fit for speed only', async () => {
    const target = path.join(line.folder, 'mlp.static.onnx');
    const { stdout } = await line.run('quantize', 'mlp-tabular', '--to', 'int8-static', '-o', target);
    expect(stdout).toMatch(/quality\s+void: speed only, because inputs were generated/);
  });

  it('ranks nodes without writing anything, and says where that means nothing', async () => {
    const { document, exitCode } = await line.runJson(
      'quantize',
      'mlp-tabular',
      '--to',
      'int4-weight',
      '--sensitivity',
    );
    expect(exitCode).toBe(0);
    const { sensitivity } = document.data as { sensitivity: Sensitivity };
    expect(sensitivity.voidReason).toMatch(/generated/);
    expect(sensitivity.scan?.nodes.length).toBeGreaterThan(1);
  });

  it.each([
    [['--to', 'int8-dynamic'], /no file to write/],
    [['-o', 'x.onnx'], /Without --to nothing is made/],
    [['--to', 'fp16', '-o', 'x.onnx', '--calibration', 'x.npz'], /fp16 does not calibrate/],
    [['--to', 'fp16', '-o', 'x.onnx', '--evaluate', 'x.npz'], /--max-drop and --sensitivity only/],
  ])('refuses %j, which does not fit together', async (options, message) => {
    const { stderr, exitCode } = await line.run('quantize', 'digits-cnn', ...options);
    expect(exitCode).toBe(2);
    expect(threeLines(stderr)[0]).toMatch(message);
  });

  it('refuses a bound on generated inputs', async () => {
    const target = path.join(line.folder, 'never.onnx');
    const bounded = ['quantize', 'mlp-tabular', '--to', 'int8-dynamic', '--max-drop', '1%', '-o', target];
    const { stderr, exitCode } = await line.run(...bounded);
    expect(exitCode).toBe(2);
    expect(threeLines(stderr)[0]).toMatch(/bound on quality means nothing here: its inputs were generated/);
    expect(existsSync(target)).toBe(false);
  });

  it('refuses an option that the recipe does not have, and writes nothing', async () => {
    const target = path.join(line.folder, 'never.onnx');
    const { stderr, exitCode } = await line.run(
      'quantize',
      'digits-cnn',
      '--to',
      'fp16',
      '--block',
      '32',
      '-o',
      target,
    );
    expect(exitCode).toBe(2);
    expect(threeLines(stderr)[0]).toMatch(/fp16 has no parameter blockSize/);
    expect(existsSync(target)).toBe(false);
  });
});
