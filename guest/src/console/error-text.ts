/** An error as its title and stack: V8's stack begins with the title, QuickJS' does not. */
export function errorText(error: Error): string {
  const { name, message } = error;
  const title = `${name}${message === '' ? '' : `: ${message}`}`;
  const stack = typeof error.stack === 'string' ? error.stack.trimEnd() : '';
  if (stack.startsWith(name) && stack.includes(message)) return stack;
  return stack === '' ? title : `${title}\n${stack}`;
}
