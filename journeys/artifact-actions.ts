import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Stand-ins for the two actions that hand files from job to job, on a folder of this machine. */
export interface ArtifactActions {
  /** By the name that the workflow uses. */
  standIns: Record<string, string>;
  /** What the steps need in their environment. */
  env: Record<string, string>;
}

/**
 * Writes them for a workflow. What they take is what the workflow says; `ARTIFACT_TAMPER` changes a
 * byte on the way.
 */
export async function makeArtifactActions(
  folder: string,
  workflow: string,
): Promise<ArtifactActions> {
  const text = await readFile(workflow, 'utf8');
  const standIns: Record<string, string> = {};
  for (const [name, script] of Object.entries(scripts)) {
    const used = new RegExp(`uses: (actions/${name}-artifact@[0-9a-f]{40})`).exec(text)?.[1];
    if (used === undefined) throw new Error(`${workflow} does not use ${name}-artifact`);
    const place = join(folder, `${name}-artifact`);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'action.yml'), action(script));
    standIns[used] = place;
  }
  return { standIns, env: { ARTIFACTS: join(folder, 'artifacts') } };
}

const scripts = {
  upload: 'mkdir -p "$ARTIFACTS/$NAME" && cp -- "$FILES" "$ARTIFACTS/$NAME/"',
  download:
    'mkdir -p "$FILES" && cp -- "$ARTIFACTS/$NAME"/* "$FILES/" && if [ -n "$ARTIFACT_TAMPER" ]; then echo >>"$FILES/bundles.tar"; fi',
};

function action(script: string): string {
  return JSON.stringify({
    name: 'stand-in',
    description: 'Stands in for the action of this name.',
    inputs: { name: {}, path: {}, 'if-no-files-found': {}, 'retention-days': {} },
    runs: {
      using: 'composite',
      steps: [
        {
          shell: 'bash',
          env: { NAME: `\${{ inputs.name }}`, FILES: `\${{ inputs.path }}` },
          run: script,
        },
      ],
    },
  });
}
