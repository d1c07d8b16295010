import { describe, expect, it } from 'vitest';
import raw from '../../../resources/catalogue/published-results.json' with { type: 'json' };
import { readAccelerators } from '../../../src/core/catalogue/accelerators.ts';
import {
  findPublished,
  parsePublished,
  readPublished,
  type PublishedQuery,
} from '../../../src/core/catalogue/published-results.ts';

const onH200: PublishedQuery = {
  config: { model: 'resnet50', provider: 'cuda', scenario: 'offline', batch: 64, dims: {} },
  precision: 'int8',
  runtime: { device: 'NVIDIA H200', onnxruntime: '1.30.0' },
};

describe('the shipped figures', () => {
  it('name accelerators that the catalogue has', () => {
    const known = new Set(readAccelerators().map(({ id }) => id));
    const named = readPublished().results.flatMap(({ device }) => (device.kind === 'gpu' ? [device.accelerator] : []));
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });

  it('are refused with a second row of one id, an unknown source, or a field that nobody reads', () => {
    const [first] = raw.results;
    expect(() => parsePublished({ ...raw, results: [first, first] })).toThrow('share an id');
    expect(() => parsePublished({ ...raw, results: [{ ...first, source: 'hearsay' }] })).toThrow('unknown source');
    expect(() => parsePublished({ ...raw, results: [{ ...first, speed: 1 }] })).toThrow();
  });
});

describe('published figures beside a result', () => {
  it('are those of the same family, device and precision, for one device', () => {
    const found = findPublished(onH200);
    const nvidia = found.find(({ id }) => id === 'mlperf41-h200-nvidia-resnet50-offline');
    expect(nvidia).toMatchObject({ deviceCount: 8, reading: { value: 94_620, unit: 'samples/s', kind: 'catalogue' } });
    expect(nvidia?.source.url).toContain('mlcommons');
    expect(new Set(found.map(({ family }) => family))).toEqual(new Set(['resnet50']));
    expect(new Set(found.map(({ device }) => device))).toEqual(new Set(['NVIDIA H200']));
  });

  it('say what still sets them apart', () => {
    const [offline] = findPublished({ ...onH200, config: { ...onH200.config, scenario: 'single-stream' } });
    expect(offline?.differences).toEqual([
      'It ran with TensorRT 10.2, this with ONNX Runtime 1.30.0 (cuda).',
      'It was measured as offline, this as single-stream.',
      'Its batch was not published.',
      'It is the rate of 8 devices, divided by their number.',
    ]);
  });

  it('fit a processor by its model number and a model by its file name', () => {
    const query: PublishedQuery = {
      config: { model: '/models/BERT_base-squad.int8.onnx', provider: 'cpu', scenario: 'offline', batch: 1, dims: {} },
      precision: 'int8',
      runtime: { device: 'Intel(R) Xeon(R) Platinum 8480+', onnxruntime: '1.30.0' },
    };
    expect(findPublished(query).map(({ reading }) => reading.value)).toEqual([392, 475]);
    expect(
      findPublished({ ...query, runtime: { ...query.runtime, device: 'Intel(R) Xeon(R) Platinum 8480' } }),
    ).toEqual([]);
    expect(findPublished({ ...query, config: { ...query.config, provider: 'cuda' } })).toEqual([]);
  });

  it.each([
    ['another precision', { precision: 'float32' }],
    ['an unknown precision', { precision: null }],
    ['another GPU', { runtime: { device: 'NVIDIA H200 NVL', onnxruntime: '1.30.0' } }],
    ['an unknown device', { runtime: { device: null, onnxruntime: '1.30.0' } }],
    ['another family', { config: { ...onH200.config, model: 'vit-b16' } }],
  ] satisfies [string, Partial<PublishedQuery>][])('are none for %s', (_, change) => {
    expect(findPublished({ ...onH200, ...change })).toEqual([]);
  });
});
