/** EC2's rules as far as interfaces go, over a snapshot: a call it would refuse throws. */
import assert from "node:assert/strict";
import {
  type Action,
  claimSubject,
  type Instance,
  type PoolInterface,
  type Snapshot,
} from "../../handler/model";
import { freePlaceOf } from "./arbitrarySnapshots";
import { onDemand, OTHER_ZONE } from "./builders";

/** The zone of each subnet. */
const ZONES: Record<string, string> = {
  ...Object.fromEntries(Object.entries(onDemand.subnetIds).map(([zone, id]) => [id, zone])),
  "subnet-b": OTHER_ZONE,
};

/** Accepts the calls of one plan; they run at once, so no attachment may count on a detachment. */
export function carryOut(observed: Snapshot, actions: Action[]): Snapshot {
  const after = structuredClone(observed);
  const ofKind = <Kind extends Action["kind"]>(kind: Kind) =>
    actions.filter((action): action is Extract<Action, { kind: Kind }> => action.kind === kind);
  for (const action of ofKind("attach")) acceptAttach(after, action);
  for (const action of ofKind("create")) acceptCreate(after, action);
  for (const action of ofKind("endWithInstance")) acceptEnd(after, action);
  for (const action of ofKind("detach")) acceptDetach(after, action);
  for (const action of ofKind("delete")) acceptDelete(after, action);
  return after;
}

function acceptCreate(after: Snapshot, action: Extract<Action, { kind: "create" }>): void {
  const { pool, instanceId, subnetId, securityGroupIds, token } = action;
  const availabilityZone = ZONES[subnetId];
  assert.ok(availabilityZone, "InvalidSubnetID.NotFound");
  assert.deepEqual(securityGroupIds, onDemand.securityGroupIds, "InvalidGroup.NotFound");
  const networkInterfaceId = `eni-of-${token}`;
  const claim = claimSubject(instanceId, pool);
  const spent = Array.from({ length: after.spentTokens[claim] ?? 0 }, (_, number) =>
    number === 0 ? claim : `${claim}/${number}`,
  );
  assert.ok(
    !spent.includes(token),
    "its token is spent: EC2 would give what it gave for it before",
  );
  const isNew = after.interfaces.every((one) => one.networkInterfaceId !== networkInterfaceId);
  assert.ok(isNew, "made already");
  const number = after.interfaces.length;
  const made = { networkInterfaceId, pool, availabilityZone, address: `10.255.0.${number}` };
  after.interfaces.push({ ...made, status: "available", madeFor: instanceId });
  after.unusedForSeconds[networkInterfaceId] = 0;
}

function acceptEnd(after: Snapshot, action: Extract<Action, { kind: "endWithInstance" }>): void {
  const { attachment } = interfaceOf(after, action.networkInterfaceId);
  assert.equal(attachment?.attachmentId, action.attachmentId, "InvalidAttachmentID.NotFound");
  attachment.deleteOnTermination = true;
}

function acceptDelete(after: Snapshot, action: Extract<Action, { kind: "delete" }>): void {
  const found = interfaceOf(after, action.networkInterfaceId);
  assert.equal(found.attachment, undefined, "is currently in use");
  after.interfaces = after.interfaces.filter((one) => one !== found);
}

function acceptAttach(after: Snapshot, action: Extract<Action, { kind: "attach" }>): void {
  const { networkInterfaceId, instanceId, deviceIndex, networkCardIndex } = action;
  const found = interfaceOf(after, networkInterfaceId);
  const holder = instanceOf(after, instanceId);
  assert.equal(found.attachment, undefined, `Interface: [${networkInterfaceId}] in use.`);
  assert.equal(after.recentAttachments[networkInterfaceId], undefined, "attached already");
  assert.equal(found.status, "available", "IncorrectState");
  assert.equal(holder.state, "running", "IncorrectInstanceState");
  assert.equal(holder.availabilityZone, found.availabilityZone, "not in the same zone");
  const onCard = holder.places.filter((place) => place.networkCardIndex === networkCardIndex);
  const limit = after.interfaceLimits[holder.instanceType]?.[networkCardIndex] ?? 0;
  assert.ok(onCard.length < limit, "AttachmentLimitExceeded");
  const isTaken = onCard.some((place) => place.deviceIndex === deviceIndex);
  assert.ok(!isTaken, `already has an interface attached at device index '${deviceIndex}'`);
  const place = { deviceIndex, networkCardIndex };
  const attachmentId = `attach-new-${networkInterfaceId}`;
  found.attachment = {
    attachmentId,
    status: "attaching",
    instanceId,
    ...place,
    deleteOnTermination: false,
  };
  found.status = "in-use";
  holder.places.push({ networkInterfaceId, ...place });
}

function acceptDetach(after: Snapshot, action: Extract<Action, { kind: "detach" }>): void {
  const attachment = after.interfaces.find(
    (one) => one.attachment?.attachmentId === action.attachmentId,
  )?.attachment;
  assert.ok(attachment, "InvalidAttachmentID.NotFound");
  assert.ok(attachment.deviceIndex > 0 || attachment.networkCardIndex > 0, "primary interface");
  attachment.status = "detaching";
  // The manager remembers what it has forced; EC2 shows it detaching as before.
  const reason = "it was forced off and hasn't come off";
  if (action.force) after.deferred[action.attachmentId] = { reason, forGood: true };
}

/**
 * EC2 finishes what it is about, reads catch up, refusals expire, and what is gone or unused is known
 * to be. What is to end with its holder does.
 */
export function letTimePass(observed: Snapshot): Snapshot {
  const after = structuredClone(observed);
  after.deferred = {};
  after.interfaces = after.interfaces.filter(({ attachment }) => {
    const { state = "" } = after.instances[attachment?.instanceId ?? ""] ?? {};
    return !attachment?.deleteOnTermination || !["shutting-down", "terminated"].includes(state);
  });
  after.detachingForSeconds = {};
  for (const instanceId of after.missingInstanceIds) after.missingForSeconds[instanceId] = 600;
  for (const found of after.interfaces) {
    const { networkInterfaceId, attachment } = found;
    if (attachment?.status === "attaching") attachment.status = "attached";
    if (attachment === undefined || attachment.status === "detaching") release(after, found);
    const recentInstanceId = after.recentAttachments[networkInterfaceId];
    if (recentInstanceId === undefined) continue;
    const holder = instanceOf(after, recentInstanceId);
    const place = freePlaceOf(holder);
    if (place === undefined) continue;
    const attachmentId = `attach-recent-${networkInterfaceId}`;
    found.attachment = {
      attachmentId,
      status: "attached",
      instanceId: recentInstanceId,
      ...place,
      deleteOnTermination: false,
    };
    holder.places.push({ networkInterfaceId, ...place });
  }
  after.recentAttachments = {};
  const unused = after.interfaces.filter((one) => one.madeFor && !one.attachment);
  after.unusedForSeconds = Object.fromEntries(unused.map((one) => [one.networkInterfaceId, 600]));
  return after;
}

function release(after: Snapshot, found: PoolInterface): void {
  const holder = after.instances[found.attachment?.instanceId ?? ""];
  if (holder !== undefined) {
    holder.places = holder.places.filter(
      (place) => place.networkInterfaceId !== found.networkInterfaceId,
    );
  }
  delete found.attachment;
  found.status = "available";
}

function interfaceOf(observed: Snapshot, networkInterfaceId: string): PoolInterface {
  const found = observed.interfaces.find((one) => one.networkInterfaceId === networkInterfaceId);
  assert.ok(found, "InvalidNetworkInterfaceID.NotFound");
  return found;
}

function instanceOf(observed: Snapshot, instanceId: string): Instance {
  const found = observed.instances[instanceId];
  assert.ok(found, "InvalidInstanceID.NotFound");
  return found;
}
