import { stringify } from 'yaml';

/** A Kubernetes object as it is written. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** An object with what a reader should know of it. */
export interface NotedObject {
  readonly note?: string;
  readonly object: KubeObject;
}

/** Written for readers of YAML 1.1 too, to whom an unquoted `yes` is true; and nothing by reference. */
const STYLE = { lineWidth: 0, compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;

/** One file of several objects. */
export function yamlOf(header: string, objects: readonly NotedObject[]): string {
  const documents = objects.map(
    ({ note, object }) => `---\n${note === undefined ? '' : comment(note)}${stringify(object, STYLE)}`,
  );
  return `${comment(header)}${documents.join('')}`;
}

function comment(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('');
}

/** Labels by which the parts of an app are found. */
export function labelsOf(app: string, component: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': app,
    'app.kubernetes.io/component': component,
  };
}
