import { z } from 'zod';
import type { ParameterField } from '../../../shared/domain/recipe-form.ts';
import { parameterWords } from './parameter-words.ts';

/** What z.toJSONSchema says of one parameter. */
const propertySchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  default: z.unknown(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.object({ const: z.unknown(), type: z.unknown() }).partial()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
type Property = z.infer<typeof propertySchema>;
type Control = ParameterField['control'];
type Choice = Extract<Control, { kind: 'choice' }>['default'];

/** Fields of a form for the parameters of a recipe, from its schema; the words are in parameter-words.ts. */
export function describeParameters(schema: z.ZodType): ParameterField[] {
  const { properties } = z
    .object({ properties: z.record(z.string(), propertySchema).default({}) })
    .parse(z.toJSONSchema(schema, { io: 'input' }));
  return Object.entries(properties).map(([name, property]) => ({
    name,
    label: parameterWords[name]?.label ?? toWords(name),
    description: parameterWords[name]?.description ?? null,
    shownWith: parameterWords[name]?.shownWith ?? null,
    control: toControl(name, property),
  }));
}

function toControl(name: string, property: Property): Control {
  const choices = choicesOf(name, property);
  if (choices !== null) {
    return { kind: 'choice', default: property.default as Choice, choices: choices.map((value) => label(name, value)) };
  }
  if (property.type === 'boolean') return { kind: 'switch', default: property.default === true };
  if (property.type === 'array') return { kind: 'names', default: z.array(z.string()).parse(property.default) };
  if (property.type === 'number' || property.type === 'integer') {
    return {
      kind: 'number',
      default: z.number().parse(property.default),
      isWhole: property.type === 'integer',
      min: property.minimum ?? null,
      max: property.maximum ?? null,
    };
  }
  throw new Error(`No field of a form suits the parameter "${name}".`);
}

/** All values that a parameter may have, where they are few. */
function choicesOf(name: string, { type, enum: listed, anyOf, minimum, maximum }: Property): Choice[] | null {
  if (listed !== undefined) return listed as Choice[];
  const ofUnion =
    anyOf?.flatMap(toValues) ?? (Array.isArray(type) ? type.flatMap((one) => toValues({ type: one })) : []);
  if (ofUnion.length > 0) return ofUnion;
  // Whole numbers that have names are levels, not amounts.
  if (parameterWords[name]?.choices === undefined || minimum === undefined || maximum === undefined) return null;
  return Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index);
}

function toValues(option: { const?: unknown; type?: unknown }): Choice[] {
  if (option.const !== undefined) return [option.const as Choice];
  if (option.type === 'boolean') return [true, false];
  return option.type === 'null' ? [null] : [];
}

function label(name: string, value: Choice): { value: Choice; label: string } {
  return { value, label: parameterWords[name]?.choices?.[String(value)] ?? String(value) };
}

/** "perChannel" as "Per channel". */
function toWords(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
