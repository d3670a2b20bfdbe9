// What a kubeconfig holds that nobody may see. Read without a YAML parser, since it is masked before
// anything is parsed: one line too much is masked rather than one too little.
const secretLine =
  /^[ \t]*(?:-[ \t]+)?["']?(?:token|password|client-key-data|id-token|refresh-token|access-token|client-secret|value)["']?[ \t]*:[ \t]*["']?([^\s"',}]{1,20000})/gim;
const flowSecret =
  /["']?(?:token|password|client-key-data|id-token|refresh-token|access-token|client-secret|value)["']?[ \t]*:[ \t]*["']?([^\s"',}]{1,20000})/gi;

/** The tokens, keys and passwords in the text of a kubeconfig. */
export function kubeconfigSecrets(text: string): string[] {
  const found = [secretLine, flowSecret].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, value = '']) => value),
  );
  return [...new Set(found)].filter((value) => value !== '' && value !== '|' && value !== '>');
}
