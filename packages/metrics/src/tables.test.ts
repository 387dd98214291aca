import { describe, expect, it } from 'vitest';
import { csvTable, jsonTable, markdownTable } from './tables.js';

const table = {
  title: 'Image-Level AUC',
  headers: ['Model', 'Backbone'],
  rows: [
    { labels: ['PatchCore', 'Wide ResNet-50'], values: { bottle: 1, screw: 0.8125 } },
    { labels: ['PaDiM', 'A|B, "C"'], values: { bottle: 0.99999, screw: 0.75, wood: 0.5 } },
  ],
};
const complete = {
  ...table,
  rows: table.rows.map((row) => ({ ...row, values: { wood: 0.25, ...row.values } })),
};

describe('markdownTable', () => {
  it('has a column per category after the average, and the best of each in bold', () => {
    expect(markdownTable(complete)).toBe(
      [
        '### Image-Level AUC',
        '',
        '| Model | Backbone | Avg | wood | bottle | screw |',
        '| --- | --- | :---: | :---: | :---: | :---: |',
        '| PatchCore | Wide ResNet-50 | 0.688 | 0.250 | **1.000** | **0.813** |',
        '| PaDiM | A\\|B, "C" | **0.750** | **0.500** | **1.000** | 0.750 |',
        '',
      ].join('\n'),
    );
  });

  it('marks the lowest where lower is better', () => {
    const row = markdownTable({ ...complete, lowerIsBetter: true }).split('\n')[4];
    expect(row).toBe('| PatchCore | Wide ResNet-50 | **0.688** | **0.250** | **1.000** | 0.813 |');
  });

  it('leaves out what is missing, and the average over it, and marks neither', () => {
    const rows = markdownTable(table).split('\n');
    expect(rows[4]).toBe('| PatchCore | Wide ResNet-50 | - | **1.000** | **0.813** | - |');
    expect(rows[5]).toBe('| PaDiM | A\\|B, "C" | **0.750** | **1.000** | 0.750 | **0.500** |');
  });

  it('is a header alone without rows', () => {
    expect(markdownTable({ ...table, rows: [] })).toContain('| Model | Backbone | Avg |');
  });
});

describe('csvTable', () => {
  it('keeps all digits, names the worst, quotes what needs it, leaves missing fields empty', () => {
    expect(csvTable(table)).toBe(
      [
        'Model,Backbone,Avg,Worst,Worst value,bottle,screw,wood',
        'PatchCore,Wide ResNet-50,,screw,0.8125,1,0.8125,',
        'PaDiM,"A|B, ""C""",0.74999666666666667,wood,0.5,0.99999,0.75,0.5',
        '',
      ]
        .join('\r\n')
        .replace('0.74999666666666667', String((0.99999 + 0.75 + 0.5) / 3)),
    );
  });
});

describe('jsonTable', () => {
  it('holds the same, with null for what is missing', () => {
    expect(JSON.parse(jsonTable(table))).toEqual({
      title: 'Image-Level AUC',
      rows: [
        {
          model: { Model: 'PatchCore', Backbone: 'Wide ResNet-50' },
          mean: null,
          worst: { category: 'screw', value: 0.8125 },
          missing: ['wood'],
          categories: { bottle: 1, screw: 0.8125, wood: null },
        },
        {
          model: { Model: 'PaDiM', Backbone: 'A|B, "C"' },
          mean: (0.99999 + 0.75 + 0.5) / 3,
          worst: { category: 'wood', value: 0.5 },
          missing: [],
          categories: { bottle: 0.99999, screw: 0.75, wood: 0.5 },
        },
      ],
    });
  });
});
