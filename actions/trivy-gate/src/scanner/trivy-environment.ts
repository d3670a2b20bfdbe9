import type { Environment } from '@slipway/shared/exec/environment';

const passed =
  /^(?:PATH|(?:HTTPS?|NO|ALL)_PROXY|SSL_CERT_(?:FILE|DIR)|SYSTEMROOT|COMSPEC|WINDIR)$/i;
const forDocker = /^DOCKER_(?:HOST|CERT_PATH|TLS_VERIFY|API_VERSION)$/;

/**
 * The environment for Trivy: the way to the network and nothing else. No token, no key, no input,
 * and no TRIVY_* that would change what it does.
 * @param folder private folder: its home, its temporary files, the registry login that was asked for
 */
export function trivyEnvironment(
  env: Environment,
  folder: string,
  docker: boolean,
): Record<string, string> {
  const mine = Object.entries(env).filter(
    ([name, value]) => value && (passed.test(name) || (docker && forDocker.test(name))),
  );
  return {
    ...Object.fromEntries(mine.map(([name, value]) => [name, value ?? ''])),
    HOME: folder,
    USERPROFILE: folder,
    TMPDIR: folder,
    TEMP: folder,
    TMP: folder,
    DOCKER_CONFIG: folder,
  };
}
