import type { WhenExhausted } from "../../handler/model";
import type { Mistake } from "../mistakes";
import {
  type ManagedPool,
  type OnDemandPlace,
  poolSettingsOf,
  type Scope,
  variablesOf,
} from "./pools";
import { onDemandRightsOf, rightsOf } from "./rights";

/** Of the inline policies of a role together; the manager's role has one. */
const MAX_POLICY_CHARACTERS = 10_240;

/** Of a function's environment variables together, as JSON, in which quotes within a value are two bytes. */
const MAX_ENVIRONMENT_BYTES = 4096;

/** In the place of what isn't known yet, and as long. */
const REGION = "ap-southeast-1";
const ACCOUNT = "000000000000";
const UNIQUE_SUFFIX = "0000000";
const ID_DIGITS = 17;

/** Finds whether a manager's pools need more rights, or more settings, than AWS takes. */
export function checkLimits(name: string, scope: Scope, whenExhausted: WhenExhausted): Mistake[] {
  const places = assumePlaces(scope.poolsOfTheirOwn);
  const policy = rightsOf({
    ...scope,
    queueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}-events-${UNIQUE_SUFFIX}.fifo`,
    logGroupArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}-${UNIQUE_SUFFIX}`,
    onDemand: onDemandRightsOf(places),
  });
  const poolSettings = JSON.stringify(poolSettingsOf(scope.poolsOfTheirOwn, places));
  const variables = variablesOf(scope, whenExhausted, poolSettings);
  const characters = JSON.stringify(policy).length;
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  return [
    ...checkLength("policy of the manager's role", characters, MAX_POLICY_CHARACTERS, "characters"),
    ...checkLength("environment of its function", bytes, MAX_ENVIRONMENT_BYTES, "bytes"),
  ];
}

function checkLength(what: string, length: number, most: number, unit: string): Mistake[] {
  if (length <= most) return [];
  const found = `make the ${what} ${length} ${unit} long, ${length - most} more than AWS takes`;
  const wanted = "write shorter names, or fewer pools and another manager for the rest";
  return [{ path: ["pools"], message: `${found}; ${wanted}` }];
}

/** Where pools on demand are, with ids of full length in the place of those that aren't known yet. */
function assumePlaces(pools: ManagedPool[]): OnDemandPlace[] {
  const assumed = new Map<unknown, string>();
  const idOf = (kind: string, input: unknown) => {
    if (typeof input === "string") return input;
    // What several pools are given is one and the same.
    const id = assumed.get(input) ?? `${kind}-${String(assumed.size).padStart(ID_DIGITS, "0")}`;
    assumed.set(input, id);
    return id;
  };
  const arnOf = (resource: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${resource}`;
  return pools.flatMap(({ name, onDemand }) => {
    if (onDemand === undefined) return [];
    const { subnetIds, securityGroupIds } = onDemand;
    const subnets = subnetIds.map((input, index) => {
      const id = idOf("subnet", input);
      // Each in a zone of its own.
      const availabilityZone = `${REGION}${String.fromCharCode("a".charCodeAt(0) + index)}`;
      return { id, arn: arnOf(`subnet/${id}`), availabilityZone };
    });
    const groupInputs: unknown[] = Array.isArray(securityGroupIds)
      ? securityGroupIds
      : [securityGroupIds];
    const securityGroups = groupInputs.map((input) => {
      const id = idOf("sg", input);
      return { id, arn: arnOf(`security-group/${id}`) };
    });
    return [{ name, subnets, securityGroups }];
  });
}
