import { awsCases } from "./awsCases";
import { groupCases } from "./groupCases";
import { onDemandCases } from "./onDemandCases";
import { poolCases } from "./poolCases";
import { shapeCases } from "./shapeCases";
import type { Configuration } from "./table";

/** Configurations of a stack, and what is wrong with each. */
export const configurations: Configuration[] = [
  ...shapeCases,
  ...poolCases,
  ...groupCases,
  ...awsCases,
  ...onDemandCases,
];

export const wrongConfigurations = configurations.filter(({ mistakes }) => mistakes.length > 0);

export const rightConfigurations = configurations.filter(({ mistakes }) => mistakes.length === 0);
