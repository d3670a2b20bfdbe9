import { readdirSync, readFileSync } from 'node:fs';

/** Processes whose environment has a variable, `HOME=…` of a session for example; id and command line. */
export function processesWith(variable: string): string[] {
  return pidsWhere((pid) => proc(pid, 'environ').includes(variable))
    .map((pid) => `${pid} ${commandLine(pid)}`)
    .filter((line) => !/^\d+ $/.test(line));
}

/** Ids of the processes that match. */
export function pidsWhere(matches: (pid: number) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(matches);
}

/** Processes that a process has started. */
export function childrenOf(parent: number): number[] {
  return pidsWhere((pid) =>
    new RegExp(`^PPid:\\t${parent}$`, 'm').test(proc(pid, 'status').join('\0')),
  );
}

/** The arguments of a process in one line; empty when it has ended. */
export function commandLine(pid: number): string {
  return proc(pid, 'cmdline').join(' ').trim();
}

/** A file of a process, cut at its NULs; empty when the process has ended. */
function proc(pid: number, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
