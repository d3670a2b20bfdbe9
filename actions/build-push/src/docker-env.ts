import type { Environment } from '@slipway/shared/exec/environment';

// Names that docker, its plugins and the Go run time in them read themselves.
const reserved = new RegExp(
  [
    /^(?:PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TMP|TEMP|TMPDIR|TERM|PWD|LANG)$/,
    /^(?:ACTIONS|BUILDKIT|BUILDX|DOCKER|DYLD|EXPERIMENTAL|GIT|GRPC|LC|LD|OTEL|SSH|SSL|XDG)_/,
    /^(?:GODEBUG|GOGC|GOMAXPROCS|GOMEMLIMIT|GOTRACEBACK)$/,
    /_PROXY$/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

/** The environment for docker: the job's, without the inputs, among which are secrets. */
export function dockerEnvironment(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('INPUT_')));
}

/**
 * Build arguments for docker. By its name alone docker takes a value from its environment, out of
 * the sight of `ps`. A name that would change docker itself goes with its value instead, unless the
 * environment has that value already.
 */
export function buildArguments(
  values: ReadonlyMap<string, string>,
  env: Environment,
): { args: string[]; env: Environment } {
  const args: string[] = [];
  const more: Record<string, string> = {};
  for (const [name, value] of values) {
    if (env[name] !== value && reserved.test(name)) args.push('--build-arg', `${name}=${value}`);
    else {
      args.push('--build-arg', name);
      more[name] = value;
    }
  }
  return { args, env: { ...env, ...more } };
}
