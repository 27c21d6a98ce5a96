import { type PolicyResource } from "@pulumi/policy";
import { MANAGER_COMPONENT } from "./components";
import { type Place, placesBehind } from "./places";
import { type Settings } from "./settings";
import { type Stack } from "./stack";
import { poolsIn } from "./tags";
import { parseJson, part, read, textOf, type Value } from "./values";

const FUNCTION_TYPES = ["aws:lambda/function:Function", "aws-native:lambda:Function"];

/** The variables that tell the function what to look after. */
const TAG_KEY_VARIABLE = "POOL_TAG_KEY";
const POOL_TAGS_VARIABLE = "POOL_TAGS";
const WHEN_EXHAUSTED_VARIABLE = "WHEN_POOL_IS_EXHAUSTED";
const POOL_SETTINGS_VARIABLE = "POOL_SETTINGS";

/** What the function of a manager in this stack is told. */
export interface Manager {
  /** The pools it looks after; undefined: every pool, or those aren't known yet. */
  pools: string[] | undefined;
  /** The values of the pool tag that its instances may have; undefined: any, or those aren't known yet. */
  poolTags: string[] | undefined;
  whenExhausted: Value;
  /** By pool; UNKNOWN as a whole while a part of it is. */
  poolSettings: Value;
  /** The subnets that unknown settings may name. */
  subnets: Place[];
}

/** Reads the managers of the pools with this key of the pool tag. */
export function readManagers(stack: Stack, settings: Settings): Manager[] {
  return stack.ofType(...FUNCTION_TYPES).flatMap((resource) => {
    const variables = variablesOf(resource);
    if (part(variables, TAG_KEY_VARIABLE) !== settings.tagKey) return [];
    const poolTags = readJson(part(variables, POOL_TAGS_VARIABLE));
    const values = Array.isArray(poolTags) ? poolTags.flatMap((one) => textOf(one) ?? []) : [];
    const isAny = values.length === 0;
    return {
      pools: isAny ? undefined : [...new Set(values.flatMap(poolsIn))],
      poolTags: isAny ? undefined : values,
      whenExhausted: part(variables, WHEN_EXHAUSTED_VARIABLE),
      poolSettings: readJson(part(variables, POOL_SETTINGS_VARIABLE)),
      subnets: subnetsBehind(stack, resource, settings),
    };
  });
}

/** The functions of managers: the component's, and those that are told the key of a pool tag. */
export function readManagerFunctions(stack: Stack): PolicyResource[] {
  return stack
    .ofType(...FUNCTION_TYPES)
    .filter(
      (one) =>
        one.urn.includes(`${MANAGER_COMPONENT}$`) ||
        textOf(part(variablesOf(one), TAG_KEY_VARIABLE)) !== undefined,
    );
}

function variablesOf({ props }: PolicyResource): Value {
  return part(read(props, "environment"), "variables");
}

/** What is no JSON the function itself refuses. */
function readJson(text: Value): Value {
  return typeof text === "string" ? parseJson(text) : text;
}

/**
 * The zone of a new subnet is looked up, and what is looked up depends on nothing while it is unknown. But
 * the component depends on all that its own pools are made of.
 */
function subnetsBehind(stack: Stack, resource: PolicyResource, settings: Settings): Place[] {
  const { parent } = resource;
  const places = [
    ...placesBehind(stack, resource, "environment", settings),
    ...(parent?.type === MANAGER_COMPONENT ? placesBehind(stack, parent, "pools", settings) : []),
  ];
  return places.length > 0
    ? places
    : [{ label: "the subnets of the manager's pools", isPending: true }];
}
