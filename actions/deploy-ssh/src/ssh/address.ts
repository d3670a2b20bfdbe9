import { BadInput, type Input } from '@slipway/shared/action/input';

/** A host to deploy to. */
export interface HostAddress {
  user: string;
  /** Name or IP address, without brackets. */
  host: string;
  port: number;
  /** As the user wrote it, for messages. */
  text: string;
}

const example = 'deploy@web-1.example.com:22';
const shape =
  /^(?<user>[^@\s:/]+)@(?:\[(?<v6>[0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|(?<host>[\p{L}\p{M}\p{N}._-]+))(?::(?<port>\d{1,5}))?$/u;

const ascii = /^[\x20-\x7e]*$/;

/** `user@host:port`; an IPv6 address stands in brackets, the port is 22 when left out. */
export const hostAddress: Input<HostAddress> = {
  example,
  parse(text) {
    if (/^\w+:\/\//.test(text)) throw new BadInput('starts with a scheme', example);
    const parts = shape.exec(text)?.groups;
    const host = parts?.['v6'] ?? parts?.['host'];
    if (!parts?.['user'] || !host) throw new BadInput('is not user@host:port', example);
    if (parts['v6'] && !URL.canParse(`http://[${host.replace(/%.*/, '')}]`)) {
      throw new BadInput('has no IPv6 address in its brackets', example);
    }
    if (!ascii.test(host) && !URL.canParse(`http://${host}`)) {
      throw new BadInput('has letters that no host name can have', example);
    }
    const port = Number(parts['port'] ?? 22);
    if (port < 1 || port > 65_535) throw new BadInput('has a port outside 1 to 65535', example);
    // A leading dash could be read as an option by a tool further down.
    if (parts['user'].startsWith('-') || host.startsWith('-')) {
      throw new BadInput('starts with a dash', example);
    }
    return { user: parts['user'], host, port, text };
  },
};

/** The name that known_hosts knows the host by: `host`, or `[host]:port` off port 22. */
export function knownHostsName({ host, port }: Pick<HostAddress, 'host' | 'port'>): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** The name as DNS knows it: letters beyond ASCII are spelled in it (RFC 5891). */
export function wireName({ host }: HostAddress): string {
  return ascii.test(host) ? host : new URL(`http://${host}`).hostname;
}

/** A host as the first half of an address with a port. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** `host:port`, for messages. */
export function placeName({ host, port }: HostAddress): string {
  return `${bracketed(host)}:${port}`;
}

/** `user@host`, with the port where it is not 22. */
export function hostName({ user, host, port }: HostAddress): string {
  return `${user}@${bracketed(host)}${port === 22 ? '' : `:${port}`}`;
}
