import { join } from 'node:path';
import { freePort, type Program, startProgram } from './program.ts';

const server = join(import.meta.dirname, '../../../example-app/src/server.ts');

/** The example app as a process of its own; disposing of it ends it. */
export interface ExampleApp extends Program {
  readonly url: string;
  readonly port: number;
}

/**
 * Starts the example app on loopback and waits until it is ready.
 * @param env settings of the app beside its address; it has nothing else of this process but PATH
 */
export async function startExampleApp(
  env: Readonly<Record<string, string>> = {},
  port?: number,
): Promise<ExampleApp> {
  const own = port ?? (await freePort());
  const url = `http://127.0.0.1:${own}`;
  const program = await startProgram(
    process.execPath,
    [server],
    () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: String(own), ...env },
  );
  return {
    ...program,
    url,
    port: own,
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
