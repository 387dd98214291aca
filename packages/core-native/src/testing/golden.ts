import { readFileSync } from 'node:fs';

/** What `goldens/generate_density.py` writes. */
export interface DensityGoldens {
  pca: {
    name: string;
    rows: number;
    cols: number;
    keep: number;
    data: number[];
    components: number[];
    singularValues: number[];
    totalVariance: number;
    coordinates: number[];
    residual: number[];
  }[];
  kde: {
    name: string;
    rows: number;
    cols: number;
    bandwidth: 'scott' | number;
    data: number[];
    queries: number[];
    logDensity: number[];
  }[];
}

const path = new URL('../../goldens/density.json', import.meta.url);

/** Golden values of pca, project and kde. */
export const densityGoldens: DensityGoldens = JSON.parse(readFileSync(path, 'utf8'));
