import { expect, it } from 'vitest';
import { operatorAt, operatorTreemap } from '../../../src/shared/charts/operator-treemap.ts';
import { sampleOperators } from './profile-samples.ts';
import { renderToSvg, textsOf } from './render.ts';
import { style } from './samples.ts';

const operators = sampleOperators(7);

it('names each kind with its share, and each shape in it', () => {
  const texts = textsOf(renderToSvg(operatorTreemap(operators, style), { width: 900, height: 400 }));
  expect(texts.some((text) => text.startsWith('Kind0 · 64'))).toBe(true);
  expect(texts.some((text) => text.startsWith('1×1 → 1×1'))).toBe(true);
});

it('lists the shapes in the table with their share and their nodes', () => {
  const { table } = operatorTreemap(operators, style);
  expect(table.rows).toHaveLength(7);
  expect(table.rows[0]).toEqual(['Kind0', '1×1 → 1×1', 'CPU', 'float', 25, 7, 1]);
});

it('finds the operator of a mark: of a frame, the shape that takes most', () => {
  // Marks: root, Kind0, its three shapes, Kind1, its three shapes, Kind2, its shape.
  const found = Array.from({ length: 12 }, (_, mark) => operatorAt(operators, mark));
  const places = found.map((one) => (one === null ? null : operators.indexOf(one)));
  expect(places.slice(1, 11)).toEqual([0, 0, 1, 2, 3, 3, 4, 5, 6, 6]);
  expect(places[11]).toBeNull();
});

it('draws every text at full strength', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const svg = renderToSvg(operatorTreemap(operators, { ...style, colorScheme }), { width: 900, height: 400 });
    const texts = svg.match(/<text[^>]*>/g) ?? [];
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) expect(text).not.toContain('opacity');
  }
});
