import type { Environment } from '../exec/environment.ts';
import { Failure } from '../failure/failure.ts';
import { cut } from '../secrets/cut.ts';
import { BadInput, type Input, trim } from './input.ts';
import type { ActionManifest, InputName } from './manifest.ts';
import { nearest } from './nearest.ts';
import type { FileInputs } from './settings-file.ts';

/** One parser for each input that `action.yml` declares: no more, no less. */
export type InputSpec<M extends ActionManifest> = { [K in InputName<M>]: Input<unknown> };

/** The values: always there when the input is required or has a default, else maybe undefined. */
export type InputValues<M extends ActionManifest, S extends InputSpec<M>> = {
  [K in InputName<M>]: S[K] extends Input<infer T>
    ? M['inputs'][K] extends { required: true }
      ? T
      : M['inputs'][K]['default'] extends ''
        ? T | undefined
        : T
    : never;
};

/** Says what is wrong with an input, in words that follow its name. */
export type Problem = (input: string, wrong: string, example?: string) => void;

/** What reading inputs needs from outside. */
export interface InputSource {
  env: Environment;
  /** What a settings file gives, or what is wrong with it. `with:` goes before it. */
  file?: FileInputs | BadInput;
  mask(secret: string): void;
}

/**
 * Reads all inputs from the runner's `INPUT_*` variables. Secrets are masked first; then every
 * problem, also a name that the action does not have, is gathered and thrown as one `action/input`. An empty input counts as not given, so a
 * workflow may hand through an input that its own caller left out.
 * @param rules checks between inputs; called when each one for itself is right
 */
export function readInputs<const M extends ActionManifest, const S extends InputSpec<M>>(
  manifest: M,
  spec: S,
  source: InputSource,
  rules?: (values: InputValues<M, S>, problem: Problem) => void,
): InputValues<M, S> {
  const names = Object.keys(manifest.inputs);
  const specs: Readonly<Record<string, Input<unknown>>> = spec;
  const raw = new Map(names.map((name) => [name, given(source.env, name, specs[name])]));
  const file: FileInputs = source.file instanceof BadInput ? new Map() : (source.file ?? new Map());

  for (const [name, value] of raw) {
    for (const secret of specs[name]?.secrets?.(value) ?? []) source.mask(secret);
  }

  const problems: string[] = [];
  const problem: Problem = (input, wrong, example) => {
    problems.push(`Input ${input} ${wrong}.${example ? ` Valid: ${example}` : ''}`);
  };
  for (const name of unknownInputs(manifest, source.env)) {
    problem(name, `does not exist in ${manifest.name}`, nearestInput(manifest, name));
  }
  if (source.file instanceof BadInput) {
    problem('settings', source.file.message, source.file.example);
  }
  for (const name of file.keys()) {
    const said = problemOfFile(name, manifest, specs);
    if (said) problem('settings', said);
  }
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const declared = manifest.inputs[name];
    const input = specs[name];
    if (!input || !declared) continue;
    const value = chosen(raw.get(name) ?? '', file.get(name) ?? '', declared.default);
    if (value === '') {
      if (declared.required) problem(name, 'is required', input.example);
      continue;
    }
    try {
      values[name] = parse(input, value);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      problem(name, error.message, error.example);
    }
  }
  if (problems.length === 0) rules?.(trusted<M, S>(values), problem);
  if (problems.length > 0) throw Failure.of('action/input', { problems: problems.join('\n') });
  return trusted<M, S>(values);
}

/**
 * Names given with `with:` that the action does not have. A misspelt name may be a safeguard that is
 * off, so it ends the run also when its value is empty (docs/decisions/0016).
 */
function unknownInputs(manifest: ActionManifest, env: Environment): string[] {
  const known = new Set(Object.keys(manifest.inputs).map(variable));
  return Object.keys(env)
    .filter((key) => key.startsWith('INPUT_') && !known.has(key))
    .map((key) => cut(key.slice('INPUT_'.length).toLowerCase(), mostOfName));
}

const mostOfName = 60;

// The runner gives an input that was left out as its default, so such a value is not taken for one
// of `with:` where the file has another.
function chosen(value: string, inFile: string, standard: string): string {
  if (inFile !== '' && (value === '' || value === standard)) return inFile;
  return value || standard;
}

function problemOfFile(
  name: string,
  manifest: ActionManifest,
  specs: Readonly<Record<string, Input<unknown>>>,
): string | undefined {
  const file = 'names a file that';
  const shown = cut(name, mostOfName);
  if (!Object.hasOwn(manifest.inputs, name)) {
    return `${file} has ${shown}, which does not exist in ${manifest.name}. Valid: ${nearestInput(manifest, shown)}`;
  }
  if (name === 'settings') return `${file} names another one`;
  return specs[name]?.secrets ? `${file} has the secret ${shown}; give it by with:` : undefined;
}

/** The name that was probably meant, else those that share a word with it, else all. */
function nearestInput(manifest: ActionManifest, name: string): string {
  const names = Object.keys(manifest.inputs);
  const near = nearest(name, names);
  if (near !== undefined) return near;
  const words = name.split(/[^a-z0-9]+/);
  const alike = names.filter((one) => one.split(/[- ]/).some((word) => words.includes(word)));
  return (alike.length > 0 ? alike : names).join(', ');
}

function parse(input: Input<unknown>, value: string): unknown {
  const longest = input.longest ?? 1_000;
  if (value.length > longest) {
    throw new BadInput(`is longer than ${longest} characters (${value.length})`, 'a shorter text');
  }
  const control = input.multiline ? /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/ : /[\x00-\x1f\x7f]/;
  const found = control.exec(value)?.[0];
  if (found !== undefined) {
    const code = found.charCodeAt(0).toString(16).padStart(4, '0');
    const hint = /[\r\n]/.test(found) && !input.multiline ? 'a single line' : 'printable text';
    throw new BadInput(`contains the control character U+${code.toUpperCase()}`, hint);
  }
  return input.parse(value);
}

// Lines keep their ends, as a value in KEY=VALUE may end in a blank.
function given(env: Environment, name: string, input: Input<unknown> | undefined): string {
  const value = env[variable(name)] ?? '';
  const trimmed = trim(value);
  return input?.multiline && trimmed !== '' ? value : trimmed;
}

// The runner upper-cases names and turns spaces, not hyphens, into underscores.
function variable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

// The one place where a checked record becomes its type: every declared name went through its parser.
function trusted<M extends ActionManifest, S extends InputSpec<M>>(
  values: Record<string, unknown>,
): InputValues<M, S> {
  return values as InputValues<M, S>;
}
