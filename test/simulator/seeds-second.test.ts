import { simulatorSeeds } from './seeds-in-ci.ts';

simulatorSeeds(1001, 2000);
