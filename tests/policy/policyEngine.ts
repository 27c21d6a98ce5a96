import { type Policy, type PolicyResource, unknownCheckingProxy } from "@pulumi/policy";
import { shortName } from "../../simulator/deploy/registrations";
import { asRecord, type Deployment, stateOf, UNKNOWN } from "../mocks";

/** A resource as a policy is shown it, its references still by URN. */
export interface ShownResource {
  type: string;
  name: string;
  urn: string;
  parentUrn?: string;
  protect: boolean;
  props: Record<string, unknown>;
  propertyDependencies: Record<string, string[]>;
}

/** A resource as a test writes it. */
export interface WrittenResource {
  type: string;
  name: string;
  /** Where a value is made of other resources, `idOf` or `madeOf` stands. */
  props: Record<string, unknown>;
  /** What the provider shows and the program did not write. */
  outputs?: Record<string, unknown>;
  protect?: boolean;
  /** The name of the component it is in. */
  parent?: string;
}

interface Reference {
  names: string[];
  /** In a preview every reference is unknown. */
  known: unknown;
}

const ELSEWHERE = "elsewhere";

const references = new WeakMap<object, Reference>();

function refer(reference: Reference): object {
  const token = {};
  references.set(token, reference);
  return token;
}

/** The id of another resource: `NAME-id`, unknown in a preview. */
export const idOf = (name: string) => refer({ names: [name], known: `${name}-id` });

/** A value made of other resources' outputs, unknown in a preview. */
export const madeOf = (names: string[], known: unknown) => refer({ names, known });

/** A value of another stack, which only `up` shows. The engine names what it depends on, and shows no such resource. */
export const later = (known: unknown) => madeOf([ELSEWHERE], known);

interface StackOptions {
  /** @default true */
  preview?: boolean;
  /** @default "production" */
  stack?: string;
}

/** Shows resources as the engine does: in a preview without ids, in an `up` with them. */
export function show(descriptions: WrittenResource[], options: StackOptions = {}): ShownResource[] {
  const { preview = true, stack = "production" } = options;
  const urnOf = (name: string): string => {
    if (name === ELSEWHERE)
      return `urn:pulumi:${stack}::project::pulumi:pulumi:StackReference::${name}`;
    const found = descriptions.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no resource is named ${name}`);
    const types = found.parent === undefined ? "" : `${typesIn(urnOf(found.parent))}$`;
    return `urn:pulumi:${stack}::project::${types}${found.type}::${name}`;
  };
  return descriptions.map(({ type, name, props, outputs = {}, protect = false, parent }) => {
    const entries = Object.entries(props).map(([key, value]) => {
      const names: string[] = [];
      return { key, value: settle(value, preview, names), urns: names.map(urnOf) };
    });
    return {
      type,
      name,
      urn: urnOf(name),
      parentUrn: parent === undefined ? undefined : urnOf(parent),
      protect,
      props: {
        id: preview ? UNKNOWN : `${name}-id`,
        ...(settle(outputs, preview, []) as Record<string, unknown>),
        ...Object.fromEntries(entries.map(({ key, value }) => [key, value])),
      },
      // The engine leaves out what has none (analyzer_plugin.go).
      propertyDependencies: Object.fromEntries(
        entries.flatMap(({ key, urns }) => (urns.length === 0 ? [] : [[key, urns]])),
      ),
    };
  });
}

function typesIn(urn: string): string {
  return urn.split("::")[2] ?? "";
}

function settle(value: unknown, preview: boolean, names: string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  const reference = references.get(value);
  if (reference !== undefined) {
    names.push(...reference.names);
    return preview ? UNKNOWN : reference.known;
  }
  if (Array.isArray(value)) return value.map((item) => settle(item, preview, names));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, settle(inner, preview, names)]),
  );
}

/**
 * What the engine shows of what a program registered: in a preview its inputs, in an `up` its outputs, and of
 * a component what that registered as its outputs.
 */
export function showDeployment(
  { registrations, outputs }: Pick<Deployment, "registrations" | "outputs">,
  preview: boolean,
): ShownResource[] {
  return registrations.map((registration) => {
    const { type, name, urn, parentUrn, protect, inputs, propertyDependencies } = registration;
    const shown = preview ? { id: UNKNOWN, ...inputs } : stateOf(type, name, inputs);
    const ofComponent = outputs[shortName(urn)];
    const props = Object.fromEntries(
      Object.entries(ofComponent === undefined ? shown : asRecord(ofComponent)).map(
        ([key, value]) => [key, withoutReferences(value)],
      ),
    );
    return { type, name, urn, parentUrn, protect, props, propertyDependencies };
  });
}

/** Keys of the form in which the SDK writes a resource, or an output with its dependencies. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** A resource among the inputs is shown by its URN, an output by its value. */
function withoutReferences(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutReferences);
  const record = value as Record<string, unknown>;
  if (SIGNATURE in record && "urn" in record) return record.urn;
  if (SIGNATURE in record && "dependencies" in record) return record.value ?? UNKNOWN;
  return Object.fromEntries(
    Object.entries(record).map(([key, inner]) => [key, withoutReferences(inner)]),
  );
}

export interface Finding {
  policy: string;
  /** Undefined: the policy's own. */
  level: string | undefined;
  /** The name of the resource, or nothing if it is about the stack. */
  resource: string | undefined;
  message: string;
}

/** Lets one policy judge a stack. */
export async function judge(
  policy: Policy,
  resources: ShownResource[],
  config: object = {},
): Promise<Finding[]> {
  if (!("validateStack" in policy)) throw new Error(`${policy.name} is no policy of stacks`);
  const validateStack = policy.validateStack as (args: object, report: object) => Promise<void>;
  const findings: Finding[] = [];
  const report = (
    found: string | { message: string; urn?: string; enforcementLevel: string },
    urn?: string,
  ) => {
    const finding = typeof found === "string" ? { message: found, urn } : found;
    findings.push({
      policy: policy.name,
      level: typeof found === "string" ? policy.enforcementLevel : found.enforcementLevel,
      resource: resources.find((one) => one.urn === finding.urn)?.name,
      message: finding.message,
    });
  };
  const args = {
    resources: toPolicyResources(resources),
    getConfig: () => config,
    stackTags: new Map(),
    notApplicable: () => {
      throw new Error("no policy of this pack is ever not applicable");
    },
  };
  await validateStack(args, report);
  return findings;
}

function toPolicyResources(resources: ShownResource[]): PolicyResource[] {
  const shown = resources.map(({ type, name, urn, props, protect }): PolicyResource => ({
    type,
    name,
    urn,
    // eslint-disable-next-line @typescript-eslint/no-unsafe-call -- The package strips its types.
    props: unknownCheckingProxy(props) as Record<string, unknown>,
    opts: {
      protect,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  }));
  const find = (urn: string | undefined) => shown.find((one) => one.urn === urn);
  for (const [index, { parentUrn, propertyDependencies }] of resources.entries()) {
    const resource = shown[index];
    if (resource === undefined) continue;
    resource.parent = find(parentUrn);
    resource.propertyDependencies = Object.fromEntries(
      Object.entries(propertyDependencies).map(([key, urns]) => [
        key,
        urns.flatMap((urn) => find(urn) ?? []),
      ]),
    );
  }
  return shown;
}
