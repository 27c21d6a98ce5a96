import { type PolicyResource } from "@pulumi/policy";
import { zonesOfComponents } from "./components";
import { type Group, readGroups } from "./groups";
import { type PoolInterface, readInterfaces } from "./interfaces";
import { type Manager, readManagers } from "./managers";
import { type Settings } from "./settings";
import { indexStack, type Stack } from "./stack";

/** What a stack is to these policies: pools, groups that use them, and managers that look after them. */
export interface Program {
  stack: Stack;
  settings: Settings;
  interfaces: PoolInterface[];
  groups: Group[];
  managers: Manager[];
}

export function readProgram(resources: PolicyResource[], written: Settings): Program {
  const stack = indexStack(resources);
  const subnetZones = { ...zonesOfComponents(resources), ...written.subnetZones };
  const settings = { ...written, subnetZones };
  return {
    stack,
    settings,
    interfaces: readInterfaces(stack, settings),
    groups: readGroups(stack, settings),
    managers: readManagers(stack, settings),
  };
}
