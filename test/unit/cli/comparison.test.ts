import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { printComparison, printStoredRatio, speedVerdictCell } from '../../../src/cli/output/comparison.ts';
import type { Terminal } from '../../../src/cli/output/terminal.ts';
import type { ComparisonRecord, OutputAgreement } from '../../../src/shared/domain/comparison.ts';
import { toCellId, toRunId } from '../../../src/shared/domain/ids.ts';
import { captureTerminal } from '../../support/captured-terminal.ts';
import { createSampleComparisons } from '../../e2e/scenarios/sample-comparisons.ts';

const records = createSampleComparisons().map(({ record }) => record);
const [failed, ambiguous, faster, trap, slower, same] = records as [
  ComparisonRecord,
  ComparisonRecord,
  ComparisonRecord,
  ComparisonRecord,
  ComparisonRecord,
  ComparisonRecord,
];

function capture(width: number, print: (terminal: Terminal) => void): string[] {
  const { terminal, lines } = captureTerminal(width);
  print(terminal);
  return lines;
}

const linesOf = (record: ComparisonRecord, width = 80): string[] =>
  capture(width, (terminal) => printComparison(terminal, record, null));
/** As one line, since it breaks anywhere. */
const textOf = (record: ComparisonRecord, width?: number): string =>
  linesOf(record, width).join(' ').replaceAll(/\s+/g, ' ').trim();

function withResult(record: ComparisonRecord, result: Partial<ComparisonRecord['result']>): ComparisonRecord {
  return { ...record, result: { ...record.result, ...result } };
}

function withModels(record: ComparisonRecord, baseline: string, candidate: string): ComparisonRecord {
  const { plan } = record;
  const sides = plan.candidates.map((side) => ({ ...side, model: candidate }));
  return { ...record, plan: { ...plan, baseline: { ...plan.baseline, model: baseline }, candidates: sides } };
}

describe('a comparison in the terminal', () => {
  const long = (end: string): string => `/models/mobilenetv3_small_100_imagenet_224_pretrained_${end}.onnx`;

  it.each([60, 80, 120])('fits into %d columns with the interval of each reading', (width) => {
    for (const record of [...records, withModels(slower, long('float32'), long('int8-static'))]) {
      const lines = linesOf(record, width);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      const { speed } = record.result;
      if (speed === null) continue;
      expect(lines.filter((line) => / {2}\S+ – \S+ +● measured/.test(line)).length).toBeGreaterThanOrEqual(3);
    }
  });

  it('shortens a long name in the middle, as far as the readings need', () => {
    const record = withModels(slower, long('float32'), long('int8-static'));
    const narrow = linesOf(record).filter((line) => line.startsWith('  latency'));
    expect(narrow).toEqual([
      expect.stringMatching(
        /^ {2}latency, mobile\S*…\S*t32\.onnx +4\.210 ms {2}4\.180 – 4\.250 {2}● measured {2}n 18$/,
      ),
      expect.stringMatching(
        /^ {2}latency, mobile\S*…\S*tic\.onnx +10\.20 +ms {2}10\.00 – 10\.40 {2}● measured {2}n 18$/,
      ),
    ]);
    expect(textOf(record, 200)).toContain(`latency, ${long('int8-static').slice('/models/'.length)} `);
  });

  it('names sides that look alike when shortened by what they are', () => {
    const record = withModels(faster, `${'a'.repeat(40)}1${'b'.repeat(40)}`, `${'a'.repeat(40)}2${'b'.repeat(40)}`);
    expect(textOf(record)).toMatch(/latency, baseline 53.* latency, candidate 17/);
    expect(textOf(same)).toMatch(/latency, baseline 41\.30.* latency, candidate 41\.25/);
  });
});

describe('the sentence of a comparison', () => {
  it('has speed, accuracy and size with their intervals', () => {
    expect(textOf(faster)).toContain(
      '▲ resnet50-int8-static is FASTER: 3.018 × [2.972, 3.064], accuracy 75.7 % [73.0, 78.3] (-0.50 points [-1.30, 0.30]), 4.0× smaller.',
    );
  });

  it('has the margin of the same speed, and no size of one file', () => {
    expect(textOf(same)).toMatch(
      /^= mlp-tabular against itself is the SAME within 2 %: 1\.0012 × \[0\.9941, 1\.0083\]\./,
    );
  });

  it('says what would settle an ambiguous one', () => {
    expect(textOf(ambiguous)).toContain('1,900 more pairs (3 min 30 s) would probably settle it.');
    const speed = { ...ambiguous.result.speed!, toSettle: null };
    expect(textOf(withResult(ambiguous, { speed }))).toContain('too near to the margin for any number of pairs');
  });

  it('gives no verdict where a finding takes it its meaning, and the reason below', () => {
    const lines = linesOf(trap);
    expect(lines[1]).toMatch(/^resnet50-fp16: □ NO VERDICT; measured 0\.874 × \[0\.861, 0\.887\]/);
    expect(lines[3]).toMatch(/^ {2}□ {2}FP16 on this processor is computed in float32/);
    expect(lines.join('\n')).not.toMatch(/FASTER|SLOWER|SAME|AMBIGUOUS|more pairs/);
  });

  it('offers no more pairs for one without a verdict', () => {
    const { findings } = trap.result;
    expect(textOf(withResult(ambiguous, { findings }))).not.toMatch(/AMBIGUOUS|more pairs/);
  });

  it('says that nothing was measured, and why', () => {
    expect(textOf(failed)).toMatch(/^mlp-tabular, cuda: ✕ NOT MEASURED\. □ The candidate did not run: .* → Install/);
  });

  it('follows the verdict over all candidates, and says what it would be by itself', () => {
    const adjusted = { comparisons: 8, pValue: 0.09, verdict: 'AMBIGUOUS' as const };
    const text = textOf(withResult(faster, { speed: { ...faster.result.speed!, adjusted } }));
    expect(text).toContain('? resnet50-int8-static is AMBIGUOUS: 3.018 ×');
    expect(text).toContain('By itself it would be FASTER; over 8 comparisons a difference of this size may be chance.');
    expect(text).toContain('adjusted p 0.090 over 8 comparisons');
  });
});

describe('the quality of a comparison', () => {
  const agreement = faster.result.quality!.outputs[0]!;
  const withOutputs = (...outputs: OutputAgreement[]): ComparisonRecord =>
    withResult(faster, { quality: { ...faster.result.quality!, labelled: null, outputs } });

  it('has top-1, top-5 and the errors, with the cosine last', () => {
    const text = textOf(faster, 120);
    expect(text).toMatch(/accuracy, baseline 76\.2 .* accuracy, candidate 75\.7 .* McNemar p 0\.33/);
    expect(text).toMatch(/top-1, logits 96\.6 % 95\.3 – 97\.6 ● measured n 1,000 top-5, logits 99\.90 %/);
    expect(text).toContain(
      'agreement, logits centred relative error 6.94 %, SQNR 23.2 dB, softmax KL 0.0041, largest error 0.71, cosine 0.99651 samples',
    );
  });

  it('says in words where an error is larger than all that the output varies', () => {
    const record = withOutputs({ ...agreement, centredRelativeError: 106_770.05, sqnrDb: -100.6 });
    const text = textOf(record, 120);
    expect(text).toContain('error 110,000 times as large as the output varies, softmax KL');
    expect(text).not.toMatch(/dB|10,677/);
    const noScores = { ...agreement, top1: null, top5: null, softmaxKl: null, centredRelativeError: 3e6, sqnrDb: -130 };
    const other = textOf(withOutputs(noScores), 120);
    expect(other).toMatch(/FASTER: 3\.018 × \[2\.972, 3\.064\], outputs off by more than they vary, 4\.0× smaller/);
    expect(other).toContain('error more than a million times as large as the output varies');
  });

  it('says why it is void, where the inputs come from, and what was remarked', () => {
    expect(textOf(slower)).toMatch(/quality void, .* quality void: The variant was calibrated with generated inputs/);
    expect(textOf(slower)).toContain('samples 64, generated, which say nothing about a task of yours');
    const quality = { ...faster.result.quality!, remarks: ['The labels are few.'] };
    expect(textOf(withResult(faster, { quality }))).toContain('remark The labels are few.');
  });

  it('counts the outputs that it leaves out', () => {
    const outputs = [1, 2, 3, 4, 5].map((number) => ({ ...agreement, output: `out${number}` }));
    const text = textOf(withOutputs(...outputs));
    expect(text).toContain('top-1, out3');
    expect(text).not.toContain('out4');
    expect(text).toContain('2 more outputs by --json');
  });
});

describe('the kernels of a comparison', () => {
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `/block${index}/HardSwish`);
  const withIslands = (count: number): ComparisonRecord => {
    const islands = names(count).map((node, index) => ({ node, operator: 'HardSwish', share: 0.001 * (index + 1) }));
    const { candidate } = slower.result;
    return withResult(slower, { candidate: { ...candidate, kernels: { ...candidate.kernels!, islands } } });
  };

  it('list islands by name with their share, those that take most time first', () => {
    const lines = linesOf(withIslands(29)).filter((line) => line.includes('/block'));
    expect(lines).toHaveLength(8);
    expect(lines[0]).toMatch(/^ {4}\/block28\/HardSwish +2\.90 +% +HardSwish$/);
    expect(textOf(withIslands(29))).toContain('and 21 more islands by --json');
    expect(textOf(withIslands(9))).toMatch(/\/block0\/HardSwish/);
  });

  it('list the nodes whose weights are converted on every run', () => {
    expect(textOf(trap)).toMatch(/nodes whose weights are converted on every run \/conv1\/Conv /);
  });
});

describe('a ratio of two stored results', () => {
  it('is never called paired, and keeps its intervals', () => {
    const { speedup, latency } = faster.result.speed!;
    const side = (model: string, index: number, reading: typeof speedup) => ({
      cellId: toCellId(toRunId(0, 0), index),
      model,
      latency: reading,
    });
    const lines = capture(80, (terminal) =>
      printStoredRatio(terminal, {
        verdict: 'FASTER',
        speedup,
        margin: 0.02,
        baseline: side('resnet50', 0, latency.baseline),
        candidate: side('/models/a-model-with-a-rather-long-name-for-one-line.onnx', 1, latency.candidate),
        remarks: ['They were measured on different days.'],
      }),
    );
    const text = lines.join(' ').replaceAll(/\s+/g, ' ');
    expect(text).toContain('is FASTER, not paired: 3.018 × [2.972, 3.064].');
    expect(text).toContain('△ They were measured on different days.');
    expect(text).toContain('latency, candidate 17.58 ms 17.44 – 17.75 ● measured');
  });
});

it('a verdict in the list is none where nothing was measured or something takes it its meaning', () => {
  expect(speedVerdictCell('SLOWER', true).text).toBe('▼ SLOWER');
  expect(speedVerdictCell('SLOWER', false).text).toBe('□ NO VERDICT');
  expect(speedVerdictCell(null, false).text).toBe('✕ NOT MEASURED');
});
