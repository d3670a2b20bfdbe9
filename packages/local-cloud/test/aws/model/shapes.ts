import fc from 'fast-check';
import { patternOf } from '../../../src/aws/model/check.ts';
import {
  type ServiceModel,
  type Shape,
  type ShapeRef,
  shapeOf,
} from '../../../src/aws/model/service-model.ts';
import { isRecord } from '../../../src/http/exchange.ts';

const anyDocument = 'any document';

/** Values that a shape allows, made from the model alone and not by the code that checks them. */
export function valuesOf(model: ServiceModel, ref: ShapeRef, depth = 0): fc.Arbitrary<unknown> {
  const shape = shapeOf(model, ref);
  // Shapes may hold themselves: far down, nothing is there that need not be.
  const deep = depth > 3;
  const of = (inner: ShapeRef | undefined) => {
    if (!inner) throw new Error('nothing inside');
    return valuesOf(model, inner, depth + 1);
  };
  const count = {
    minLength: shape.min ?? 0,
    maxLength: deep ? (shape.min ?? 0) : Math.min(shape.max ?? 2, (shape.min ?? 0) + 2),
  };
  switch (shape.type) {
    case 'structure':
      return structure(shape, of, deep);
    case 'list':
      return fc.array(of(shape.member), count);
    case 'map':
      return fc
        .uniqueArray(of(shape.key), { ...count, selector: String })
        .chain((keys) =>
          fc.tuple(...keys.map((key) => fc.tuple(fc.constant(String(key)), of(shape.value)))),
        )
        .map((entries) => Object.fromEntries(entries));
    case 'string':
      return text(shape);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'long': {
      const limit = shape.type === 'integer' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
      return fc.integer({ min: shape.min ?? -limit, max: shape.max ?? limit });
    }
    case 'timestamp':
      return fc.double({ min: 0, max: 4e9, noNaN: true });
    case 'double':
    case 'float':
      return fc.double({ min: shape.min ?? -1e9, max: shape.max ?? 1e9, noNaN: true });
    case 'blob':
      return fc
        .uint8Array({ minLength: shape.min ?? 0, maxLength: (shape.min ?? 0) + 9 })
        .map((bytes) => Buffer.from(bytes).toString('base64'));
  }
}

function structure(
  { document, members = {}, required = [], union }: Shape,
  of: (ref: ShapeRef) => fc.Arbitrary<unknown>,
  deep: boolean,
): fc.Arbitrary<unknown> {
  if (document) return fc.constant({ [anyDocument]: [{}, null] });
  const entries = Object.entries(members);
  if (union) {
    const one = entries.map(([name, ref]) =>
      fc.record({ [name]: fc.constant(null).chain(() => of(ref)) }),
    );
    return fc.oneof(...one);
  }
  const wanted = deep ? entries.filter(([name]) => required.includes(name)) : entries;
  const lazily = wanted.map(([name, ref]) => [name, fc.constant(null).chain(() => of(ref))]);
  const made: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(lazily);
  return fc.record(made, { requiredKeys: Array.from(required) });
}

const texts = new Map<string, fc.Arbitrary<string>>();

function text(shape: Shape): fc.Arbitrary<string> {
  if (shape.enum) return fc.constantFrom(...shape.enum);
  const key = JSON.stringify([shape.min, shape.max, shape.pattern]);
  const made = texts.get(key) ?? freeText(shape);
  texts.set(key, made);
  return made;
}

const someCharacters = [
  ...Array.from({ length: 0x7f }, (_, code) => String.fromCharCode(code)),
  ...'éß日😀',
];

function freeText({
  max = Number.POSITIVE_INFINITY,
  min = 0,
  pattern,
}: Shape): fc.Arbitrary<string> {
  const length = { minLength: min, maxLength: Math.min(max, min + 9) };
  if (pattern === undefined)
    return fc.string({ ...length, unit: fc.constantFrom(...someCharacters) });
  const { flags } = patternOf(pattern);
  // Most patterns are one class of characters.
  const [, characters, often] = /^\^?\(?(\[(?:\\.|[^\]\\])+\])([*+])\)?\$?$/.exec(pattern) ?? [];
  if (characters !== undefined) {
    const allowed = someCharacters.filter((one) => new RegExp(`^${characters}$`, flags).test(one));
    const minLength = Math.max(min, often === '+' ? 1 : 0);
    return fc.string({ ...length, minLength, unit: fc.constantFrom(...allowed) });
  }
  return fc
    .stringMatching(new RegExp(`^(?:${pattern})$`, flags))
    .filter((made) => [...made].length >= min && [...made].length <= max);
}

/** The same value as often as it has values in it, with each time another one of another type. */
export function brokenOnce(value: unknown): (() => unknown)[] {
  const here = () =>
    typeof value === 'string'
      ? 1
      : Array.isArray(value)
        ? {}
        : typeof value === 'object'
          ? []
          : 'x';
  if (Array.isArray(value)) {
    const inside = value.flatMap((item, at) =>
      brokenOnce(item).map((broken) => () => value.with(at, broken())),
    );
    return [here, ...inside];
  }
  if (!isRecord(value)) return [here];
  if (anyDocument in value) return [];
  const inside = Object.entries(value).flatMap(([name, item]) =>
    brokenOnce(item).map((broken) => () => ({ ...value, [name]: broken() })),
  );
  return [here, ...inside];
}
