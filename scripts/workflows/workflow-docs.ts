import type { WorkflowFile } from './action-file.ts';

/** A reusable workflow and its name. */
export interface NamedWorkflow {
  /** `ship-ssh.yml` */
  file: string;
  workflow: WorkflowFile;
  /** The comment at its top. */
  about: string;
}

/** The text of docs/workflows.md: what each reusable workflow takes, gives and needs. */
export function workflowDocs(workflows: readonly NamedWorkflow[]): string {
  return `# Reusable workflows

Every input is text; \`true\`, \`false\` and numbers may stand there without quotes. A word that is not
documented ends the run and names the input. Generated from \`.github/workflows\` by \`make generate\`.

A caller gives these secrets one by one, or all with \`secrets: inherit\` (within one organization). Those of
an environment only come with \`secrets: inherit\`, since the caller itself has no environment.

${workflows.map((one) => section(one, workflows)).join('\n')}`;
}

function section(
  { file, workflow, about }: NamedWorkflow,
  workflows: readonly NamedWorkflow[],
): string {
  const { inputs, secrets = {}, outputs = {} } = workflow.on.workflow_call;
  const rights = rightsOf(workflow, workflows);
  return `## ${file}

${about}

\`\`\`yaml
    permissions:
${Object.entries(rights)
  .map(([right, level]) => `      ${right}: ${level}`)
  .join('\n')}
    uses: org/actions/.github/workflows/${file}@v1
\`\`\`

| input | meaning | default |
| --- | --- | --- |
${Object.entries(inputs)
  .map(([name, { description, required, default: value = '' }]) =>
    row(name, description, required ? '**required**' : value === '' ? '' : `\`${value}\``),
  )
  .join('\n')}

| secret | meaning |
| --- | --- |
${Object.entries(secrets)
  .map(([name, { description }]) => row(name, description))
  .join('\n')}

| output | meaning |
| --- | --- |
${Object.entries(outputs)
  .map(([name, { description }]) => row(name, description))
  .join('\n')}
`;
}

/** What a caller has to permit: the most that any job of it asks for, or of a workflow that it calls. */
export function rightsOf(
  workflow: WorkflowFile,
  workflows: readonly NamedWorkflow[],
): Record<string, string> {
  const rights: Record<string, string> = {};
  for (const { permissions = {}, uses = '' } of Object.values(workflow.jobs)) {
    const called = workflows.find(({ file }) => uses.includes(`/${file}@`));
    for (const [right, level] of Object.entries({
      ...(called ? rightsOf(called.workflow, workflows) : {}),
      ...permissions,
    })) {
      if (rights[right] !== 'write') rights[right] = level;
    }
  }
  return rights;
}

function row(name: string, ...cells: string[]): string {
  const escaped = cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' '));
  return ['', ` \`${name}\` `, ...escaped.map((cell) => (cell ? ` ${cell} ` : ' ')), ''].join('|');
}
