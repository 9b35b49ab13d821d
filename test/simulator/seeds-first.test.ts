import { simulatorSeeds } from './seeds-in-ci.ts';

simulatorSeeds(1, 1000);
