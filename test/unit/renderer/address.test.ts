import { describe, expect, it } from 'vitest';
import { parseAddress, stringifyAddress } from '../../../src/renderer/app/address.ts';
import { parseModelsSearch } from '../../../src/renderer/features/models/search.ts';
import { parseNewRunSearch } from '../../../src/renderer/features/new-run/search.ts';
import { parseResultsSearch } from '../../../src/renderer/features/results/search.ts';

describe('the name of a model in an address', () => {
  it.each(['resnet50', '5', '1e3', '007', '5.0', 'true', 'null', '[1]', '"quoted"', 'a b&c=d', '-0'])(
    'is %s again when it is read',
    (model) => {
      expect(parseResultsSearch(parseAddress(stringifyAddress({ model })))).toEqual({ model });
      expect(parseNewRunSearch(parseAddress(stringifyAddress({ models: [model] })))).toEqual({ models: [model] });
      expect(parseModelsSearch(parseAddress(stringifyAddress({ text: model })))).toEqual({ text: model });
    },
  );

  it('may be typed as it is', () => {
    expect(parseResultsSearch(parseAddress('?model=1e3'))).toEqual({ model: '1e3' });
    expect(parseResultsSearch(parseAddress('?model=5'))).toEqual({ model: '5' });
    expect(parseNewRunSearch(parseAddress('?models=7'))).toEqual({ models: ['7'] });
    expect(parseNewRunSearch(parseAddress('?models=a&models=7'))).toEqual({ models: ['a', '7'] });
  });

  it('is none where a list or an object stands', () => {
    expect(parseResultsSearch(parseAddress('?model=[1,2]'))).toEqual({});
    expect(parseModelsSearch(parseAddress('?text={"a":1}'))).toEqual({});
    expect(parseNewRunSearch(parseAddress('?models=[{"a":1},null]'))).toEqual({});
  });
});
