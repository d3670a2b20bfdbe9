import { docker } from './docker.ts';

/**
 * A machine of a test: a container with systemd, sshd, nginx, git, Node, sudo, and Postgres and
 * Redis that start on demand (`systemctl start postgresql@15-main`, `redis-server`); Postgres has a
 * database `app` of a user `app` with the password `app`. Its user `deploy` may make folders in
 * `/srv` and read the journal, and may nothing as root.
 */
export interface Host {
  /** Name of the container, for `docker pause` and the like. */
  container: string;
  user: 'deploy';
  /** Where sshd listens on 127.0.0.1 of this machine. */
  port: number;
  /** `deploy@127.0.0.1:port` */
  address: string;
  /** The pinned line for `known-hosts`. */
  knownHosts: string;
  /** Logs in on every host of one start. */
  privateKey: string;
  /** Where other hosts reach it, and where its nginx or app is to listen to be reached at `web`. */
  inside: { ip: string; ssh: number; web: number };
  /** The port on 127.0.0.1 of this machine that leads to `inside.web`. */
  web: number;
  /**
   * A folder that has the same path inside and on this machine and belongs to `deploy`. With an
   * engine only paths below it can be bind-mounted: the engine looks bind mounts up on this
   * machine, not on the host. Named volumes work either way.
   */
  folder: string;
  /**
   * Runs a program on the host, past SSH, as root unless `user` says otherwise.
   * @returns what it printed on stdout
   * @throws when it ends with anything but 0, with what it printed on stderr
   */
  exec(args: readonly string[], options?: ExecOptions): Promise<string>;
}

export interface ExecOptions {
  user?: string;
  /** What the program reads on stdin. */
  input?: string | Buffer;
}

/** Runs a program in a container, as {@link Host.exec} describes. */
export function execIn(
  container: string,
  args: readonly string[],
  { user = 'root', input }: ExecOptions = {},
): Promise<string> {
  const stdin = input === undefined ? [] : ['--interactive'];
  return docker(['exec', ...stdin, '--user', user, container, ...args], input);
}
