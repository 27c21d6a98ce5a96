import type { WhenExhausted } from "../../handler/names";
import type { Mistake } from "../mistakes";
import {
  type ManagedPool,
  type OnDemandPlace,
  poolSettingsOf,
  type Scope,
  variablesOf,
} from "./pools";
import { onDemandRightsOf, rightsOf } from "./rights";

/** Of the inline policies of a role together, without white space; the manager's role has one. */
const MAX_POLICY_CHARACTERS = 10_240;

/** Of a function's environment variables together, as JSON, in which quotes within a value are two bytes. */
const MAX_ENVIRONMENT_BYTES = 4096;

/** In the place of what isn't known yet, and no longer than that can turn out. */
const SHORTEST_REGION = "us-east-1";
const ACCOUNT = "000000000000";
const SHORTEST_ID_DIGITS = 8;

/** Finds whether a manager has more rights, or its function more settings, than AWS takes. */
export function checkLimits(
  policy: string,
  scope: Scope,
  whenExhausted: WhenExhausted,
  places: OnDemandPlace[],
): Mistake[] {
  const poolSettings = JSON.stringify(poolSettingsOf(scope.poolsOfTheirOwn, places));
  const variables = JSON.stringify(variablesOf(scope, whenExhausted, poolSettings));
  const characters = policy.replaceAll(/\s/g, "").length;
  const bytes = Buffer.byteLength(variables);
  return [
    ...checkLength("policy of the manager's role", characters, MAX_POLICY_CHARACTERS, "characters"),
    ...checkLength("environment of its function", bytes, MAX_ENVIRONMENT_BYTES, "bytes"),
  ];
}

/** Finds the same before anything is known but what is written, as far as it is certain then. */
export function checkLeastLimits(
  name: string,
  scope: Scope,
  whenExhausted: WhenExhausted,
): Mistake[] {
  const places = leastPlaces(scope.poolsOfTheirOwn);
  const policy = rightsOf({
    ...scope,
    queueArn: `arn:aws:sqs:${SHORTEST_REGION}:${ACCOUNT}:${name}-events.fifo`,
    logGroupArn: `arn:aws:logs:${SHORTEST_REGION}:${ACCOUNT}:log-group:${name}`,
    onDemand: onDemandRightsOf(places),
  });
  return checkLimits(JSON.stringify(policy), scope, whenExhausted, places);
}

function checkLength(what: string, length: number, most: number, unit: string): Mistake[] {
  if (length <= most) return [];
  const found = `make the ${what} ${length} ${unit} long, ${length - most} more than AWS takes`;
  const wanted = "write fewer or shorter names of pools, or another manager for the rest";
  return [{ path: ["pools"], message: `${found}; ${wanted}` }];
}

/** Where pools on demand are, with the shortest ids in the place of those that aren't known yet. */
function leastPlaces(pools: ManagedPool[]): OnDemandPlace[] {
  return pools.flatMap(({ name, onDemand }) => {
    if (onDemand === undefined) return [];
    const { subnetIds, securityGroupIds } = onDemand;
    const subnets = subnetIds.map((input, index) => {
      // Each in a zone of its own.
      const zone = String.fromCharCode("a".charCodeAt(0) + index);
      return { ...leastPart("subnet", input), availabilityZone: `${SHORTEST_REGION}${zone}` };
    });
    // Of a list that isn't known yet it is known that it isn't empty.
    const groupInputs: unknown[] = Array.isArray(securityGroupIds) ? securityGroupIds : [undefined];
    const securityGroups = groupInputs.map((input) => leastPart("security-group", input));
    return [{ name, subnets, securityGroups }];
  });
}

/** What isn't known yet may be what another pool has, on which there are rights already. */
function leastPart(kind: "subnet" | "security-group", input: unknown) {
  if (typeof input === "string") {
    return { id: input, arn: `arn:aws:ec2:${SHORTEST_REGION}:${ACCOUNT}:${kind}/${input}` };
  }
  const prefix = kind === "subnet" ? "subnet-" : "sg-";
  return { id: prefix + "0".repeat(SHORTEST_ID_DIGITS), arn: undefined };
}
