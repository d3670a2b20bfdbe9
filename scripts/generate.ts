// Writes what follows from action.yml, from the failure catalogue and from the shape of a policy:
// each action's src/manifest.ts, the tables in its README, the workflows of each deploy action,
// the schema of its settings file, docs/workflows.md, docs/failures.md, docs/kubernetes-verdicts.md,
// policy.schema.json, and the permissions of the deploy roles in infra.
// `--check` writes nothing and fails when a file is not what it would be.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { policyJsonSchema } from '../actions/trivy-gate/policy-schema.ts';
import { catalogue } from '../packages/shared/src/failure/catalogue.ts';
import { deployPermissions, deployRoles, permissionsOf } from './infra/deploy-permissions.ts';
import { kubernetesRole, needsTable } from './infra/kubernetes-role.ts';
import { settingsSchema } from './settings-schema.ts';
import { verdictDocs } from './verdict-docs.ts';
import type { ActionFile, WorkflowFile } from './workflows/action-file.ts';
import { deployWorkflow, shipWorkflow } from './workflows/generate-workflows.ts';
import { type NamedWorkflow, workflowDocs } from './workflows/workflow-docs.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const stale: string[] = [];
const workflows = join(root, '.github/workflows');
const workflow = (name: string): WorkflowFile => parse(readFileSync(join(workflows, name), 'utf8'));

for (const name of readdirSync(join(root, 'actions')).sort()) {
  const folder = join(root, 'actions', name);
  const action: ActionFile = parse(readFileSync(join(folder, 'action.yml'), 'utf8'));
  write(join(folder, 'src/manifest.ts'), manifest(name, action));
  const readme = join(folder, 'README.md');
  if (existsSync(readme)) {
    let text = readFileSync(readme, 'utf8');
    text = between(text, 'inputs', inputTable(action));
    text = between(text, 'outputs', outputTable(action));
    const permissions = join(folder, 'src/api/permissions.json');
    if (existsSync(permissions)) {
      const list: readonly Permission[] = JSON.parse(readFileSync(permissions, 'utf8'));
      text = between(text, 'permissions', permissionTable(list));
    }
    if (name === 'deploy-k8s') text = between(text, 'permissions', needsTable());
    write(readme, text);
  }
  if (action.inputs?.['settings']) {
    write(join(folder, 'settings.schema.json'), settingsSchema(name, action));
  }
  const target = /^deploy-(.+)$/.exec(name)?.[1];
  if (target !== undefined) {
    const called = { build: workflow('build.yml'), tag: workflow('tag.yml') };
    write(join(workflows, `${name}.yml`), deployWorkflow(target, action));
    write(join(workflows, `ship-${target}.yml`), shipWorkflow(target, action, called));
  }
}
write(join(root, 'docs/workflows.md'), workflowDocs(reusable()));
write(join(root, 'docs/failures.md'), failures());
write(join(root, 'docs/kubernetes-verdicts.md'), verdictDocs());
write(join(root, 'actions/trivy-gate/policy.schema.json'), policyJsonSchema());
for (const role of deployRoles) {
  const list = readFileSync(join(root, permissionsOf(role)), 'utf8');
  const text = deployPermissions(role, JSON.parse(list));
  write(join(root, 'infra', role.module, 'deploy-permissions.tf'), text);
}

write(join(root, 'infra/k8s/role.yaml'), kubernetesRole());

if (stale.length > 0) {
  console.error(
    `Not up to date, run \`make generate\`:\n${stale.map((path) => `  ${path}`).join('\n')}`,
  );
  process.exitCode = 1;
}

function manifest(name: string, action: ActionFile): string {
  const inputs = Object.entries(action.inputs ?? {}).map(
    ([key, { required = false, default: value = '' }]) =>
      `    ${quoteKey(key)}: { required: ${required}, default: ${quote(constant(value))} },\n`,
  );
  const outputs = Object.keys(action.outputs ?? {}).map((key) => `    ${quote(key)},\n`);
  return `// Generated from action.yml by \`make generate\`.

/** Inputs and outputs of ${name}, as action.yml declares them. */
export const manifest = {
  name: ${quote(name)},
  inputs: {
${inputs.join('')}  },
  outputs: [
${outputs.join('')}  ],
} as const;
`;
}

// Only the runner knows what an expression stands for; to the action it is an input that is not given.
function constant(value: string): string {
  return value.includes('${{') ? '' : value;
}

/** The reusable workflows as they are now, with what the comment at their top says of them. */
function reusable(): NamedWorkflow[] {
  return readdirSync(workflows)
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(workflows, file), 'utf8');
      if (!/^ {2}workflow_call:/m.test(text)) return [];
      const about = /^# Reusable: ((?:.*\n)(?:# .*\n)*)/m.exec(text)?.[1] ?? '';
      const sentence = about.replaceAll(/\n# ?/g, ' ').trim();
      return [
        {
          file,
          workflow: parse(text),
          about: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`,
        },
      ];
    });
}

function inputTable(action: ActionFile): string {
  const rows = Object.entries(action.inputs ?? {}).map(
    ([name, { description, required, default: value }]) =>
      `| \`${name}\` | ${cell(description)} | ${required ? '**required**' : value ? `\`${value}\`` : ''} |`,
  );
  return ['| input | meaning | default |', '| --- | --- | --- |', ...rows].join('\n');
}

function outputTable(action: ActionFile): string {
  const rows = Object.entries(action.outputs ?? {}).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return ['| output | meaning |', '| --- | --- |', ...rows].join('\n');
}

interface Permission {
  action: string;
  why: string;
  optional: boolean;
  inputs?: readonly string[];
  /** A clause: when it is needed, where no input tells that. */
  where?: string;
}

function permissionTable(list: readonly Permission[]): string {
  const rows = list.map(({ action, inputs = [], optional, where, why }) => {
    const names = inputs.map((name) => `\`${name}\``).join(', ');
    const needed = names ? `with ${names}` : where ? `where ${where}` : optional ? 'no' : '**yes**';
    return `| \`${action}\` | ${cell(why)} | ${needed} |`;
  });
  return ['| permission | needed | must |', '| --- | --- | --- |', ...rows].join('\n');
}

// Every fact of an entry is shown by its name, so the sentences read as templates.
function failures(): string {
  const facts = new Proxy<Record<string, string>>({}, { get: (_, name) => `‹${String(name)}›` });
  const sections = Object.entries(catalogue).map(([code, sentences]) => {
    const entry: { cause(f: unknown): string; remedy(f: unknown): string } = sentences;
    return `## \`${code}\`\n\n${entry.cause(facts)}\n\n**What to do.** ${entry.remedy(facts)}\n`;
  });
  return `# Failures

Every failure has a stable code, which is in the title of its annotation and in the output \`reason\`.
Words in ‹…› are filled in by the run. Generated from \`packages/shared/src/failure\`.

${sections.sort().join('\n')}`;
}

function between(text: string, marker: string, content: string): string {
  const [start, end] = [`<!-- ${marker}:start -->`, `<!-- ${marker}:end -->`];
  const [head, rest] = text.split(start);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) throw new Error(`a README lacks ${start} … ${end}`);
  return `${head}${start}\n${content}\n${end}${tail}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

function quoteKey(name: string): string {
  return /^[a-z]\w*$/.test(name) ? name : quote(name);
}

function write(path: string, content: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
  if (check) stale.push(path.slice(root.length + 1));
  else writeFileSync(path, content);
}
