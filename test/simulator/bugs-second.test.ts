import { plantedBugs } from './bugs-in-ci.ts';

plantedBugs(1);
