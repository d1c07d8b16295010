import { InvalidArgumentError } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import {
  collectDimension,
  parseChoices,
  parseNumber,
  parseOneOf,
  parseShare,
  parseTime,
  parseWholeNumber,
  parseWholeNumbers,
} from '../../../src/cli/commands/option-values.ts';

describe('values of options', () => {
  it('a list of numbers keeps its order and loses repetitions', () => {
    expect(parseWholeNumbers(1)('4,1,4')).toEqual([4, 1]);
  });

  it('a dimension is a name and a size, and several add up', () => {
    expect(collectDimension('past length = 0', collectDimension('sequence=128', {}))).toEqual({
      sequence: 128,
      'past length': 0,
    });
  });

  it('a share is a number or percent', () => {
    expect([parseShare('0.01'), parseShare('1%'), parseShare('.5'), parseShare('0')]).toEqual([0.01, 0.01, 0.5, 0]);
  });

  it('a number may be one of a few', () => {
    expect(parseOneOf([32, 128])('128')).toBe(128);
    expect(() => parseOneOf([32, 128])('64')).toThrow('Choose from: 32, 128.');
  });

  it('a date is the start of its day', () => {
    expect(parseTime('2025-01-31')).toBe('2025-01-31T00:00:00.000Z');
  });

  it.each([
    ['an empty list', () => parseWholeNumbers(1)('')],
    ['a number below the least', () => parseWholeNumbers(1)('1,0')],
    ['a fraction', () => parseWholeNumber(0)('1.5')],
    ['an empty number', () => parseWholeNumber(0)(' ')],
    ['a share of all', () => parseShare('100%')],
    ['a share that is no number', () => parseShare('one')],
    ['a number beyond its range', () => parseNumber(50, 100)('101')],
    ['a choice that does not exist', () => parseChoices(['cpu', 'cuda'])('cpu,gpu')],
    ['a dimension without a size', () => collectDimension('sequence', {})],
    ['a negative size', () => collectDimension('sequence=-1', {})],
    ['a day that does not exist', () => parseTime('yesterday')],
  ])('%s is refused', (_name, parse) => {
    expect(parse).toThrow(InvalidArgumentError);
  });
});
