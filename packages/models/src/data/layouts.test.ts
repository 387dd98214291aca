import { readdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { BLANK, type Content, laid, MARKED } from '../testing/laid.js';
import { temporaryFolder } from '../testing/temporary.js';
import { listCategories, openDataset } from './dataset.js';
import type { Sample } from './sample.js';

const folder = await temporaryFolder();
let number = 0;
const miniature = (files: readonly string[] | Record<string, Content>, name = `set${number++}`) =>
  laid(join(folder, name), files);

/** `path label [defect] [mask]`, from the root. */
const told = (root: string, samples: readonly Sample[]) =>
  samples.map(({ path, label, defect, mask }) =>
    [relative(root, path), label, defect, mask && relative(root, mask)].filter(Boolean).join(' '),
  );
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Fails unless the layout without each of these is refused with these words. */
async function refuses(files: readonly string[], faults: Record<string, string>) {
  for (const [without, words] of Object.entries(faults)) {
    const root = await miniature(files.filter((file) => !file.startsWith(without)));
    await expect(openDataset(root), `without ${without}`).rejects.toThrow(words);
  }
}

describe('MVTec AD and MPDD', () => {
  const files = ['train/good/0.png', 'test/good/0.png', 'test/rust/0.png', 'ground_truth/rust/0_mask.png'];

  test('are read', async () => {
    const root = await miniature(files);
    const data = await openDataset(root);
    expect(data.layout).toBe('mvtec');
    expect(told(root, data.test)).toEqual([
      'test/good/0.png good',
      'test/rust/0.png defect rust ground_truth/rust/0_mask.png',
    ]);
  });

  test('say what is missing', async () => {
    await refuses(files, {
      'train/good/0.png': "has no folder 'train'; it has ground_truth, test",
      'test/rust/0.png': 'ground_truth has masks of rust, but',
    });
    const root = await miniature(['train/good/0.png', 'test/0.png', 'test/1.png']);
    await expect(openDataset(root)).rejects.toThrow(
      'test has no folders, but 2 images of which nothing is known',
    );
  });

  test.each([
    ['train/bad/0.png', 'train has folders that the MVTec layout does not know: bad'],
    ['train/good/sub/0.png', 'good has folders that the MVTec layout does not know: sub'],
    ['test/x.png', 'test has images where the MVTec layout has folders only: x.png'],
    ['test/rust/sub/0.png', 'rust has folders that the MVTec layout does not know: sub'],
    ['test/OK/0.png', 'test has OK, good, which mean the same'],
    ['ground_truth/x.png', 'ground_truth has images where the MVTec layout has folders only: x.png'],
    ['ground_truth/rust/7_mask.png', 'rust has masks that no image takes: 7_mask.png'],
    ['ground_truth/rust/0.png', 'rust has masks that no image takes: 0_mask.png'],
    ['test/rust/0.jpg', '0_mask.png is the mask of 2 images'],
    ['ground_truth/good/1.png', 'good has masks that no image takes: 1.png'],
  ])('refuse %s', async (file, words) => {
    await expect(openDataset(await miniature([...files, file]))).rejects.toThrow(words);
  });

  test('take good images by any of their names, and masks of them that mark nothing', async () => {
    const named = ['train/good/0.png', 'test/Good/0.png', 'test/Good/1.png'];
    const root = await miniature({
      ...Object.fromEntries(named.map((file) => [file, ''])),
      'ground_truth/Good/0.png': BLANK,
    });
    expect(told(root, (await openDataset(root)).test)).toEqual([
      'test/Good/0.png good',
      'test/Good/1.png good',
    ]);
    await laid(root, { 'ground_truth/Good/1.png': MARKED });
    await expect(openDataset(root)).rejects.toThrow(
      'Good has masks that mark something of images that lie in Good: 1.png',
    );
  });

  test('are read beside what else is kept there', async () => {
    const beside = ['license.txt', 'train/Thumbs.db', 'test/rust/notes/a.txt'];
    const images = ['results/map.png', 'preview.png', 'validation/good/0.png', 'validation/rust/0.png'];
    const data = await openDataset(await miniature([...files, ...beside, ...images], 'screw'));
    expect(data.validation).toHaveLength(1);
    expect(data.notes).toEqual([
      'Images of screw that are not read: results, preview.png.',
      'Images of validation that are not read: rust.',
    ]);
  });
});

test('MVTec AD 2: validation images, private ones left out', async () => {
  const files = [
    'train/good/0.png',
    'validation/good/0.png',
    'test_public/good/0.png',
    'test_public/bad/0.png',
    'test_public/ground_truth/bad/0_mask.png',
    'test_private/0.png',
    'test_private_mixed/0.png',
  ];
  const root = await miniature(files);
  const data = await openDataset(root);
  expect(data).toMatchObject({
    layout: 'mvtec-ad-2',
    notes: ['2 private test images have no labels: left out.'],
  });
  expect(told(root, data.validation)).toEqual(['validation/good/0.png good']);
  expect(told(root, data.test)).toEqual([
    'test_public/good/0.png good',
    'test_public/bad/0.png defect bad test_public/ground_truth/bad/0_mask.png',
  ]);
  await refuses(files, {
    'validation/good':
      "has no folder 'validation'; it has test_private, test_private_mixed, test_public, train",
    'test_public/bad': "has no folder 'bad'; it has good, ground_truth",
  });
  for (const [file, words] of [
    ['test_public/worse/0.png', 'test_public has folders that the MVTec AD 2 layout does not know: worse'],
    ['test_public/ground_truth/bad/1_mask.png', 'has masks that no image takes: 1_mask.png'],
  ] as const)
    await expect(openDataset(await miniature([...files, file]))).rejects.toThrow(words);
});

test('MVTec LOCO: validation images, several masks per image, saturation', async () => {
  const files = [
    'train/good/0.png',
    'validation/good/0.png',
    'test/good/0.png',
    'test/logical_anomalies/0.png',
    'ground_truth/logical_anomalies/0/000.png',
    'ground_truth/logical_anomalies/0/001.png',
    'defects_config.json',
  ];
  const root = await miniature(files);
  const data = await openDataset(root);
  expect(data.layout).toBe('mvtec-loco');
  expect(data.validation).toHaveLength(1);
  expect(relative(root, data.defectsConfig!)).toBe('defects_config.json');
  expect(told(root, data.test)).toEqual([
    'test/good/0.png good',
    'test/logical_anomalies/0.png defect logical_anomalies ground_truth/logical_anomalies/0',
  ]);
  await refuses(files, {
    defects_config: 'has no defects_config.json; it has ground_truth, test, train, validation',
    validation: "has no folder 'validation'",
    'test/good': "has no folder 'good'; it has logical_anomalies",
    'ground_truth/': 'test/logical_anomalies/0.png has no masks: there is no folder',
  });
  for (const [file, words] of [
    ['ground_truth/logical_anomalies/1/000.png', 'has folders of masks that no image takes: 1'],
    [
      'ground_truth/logical_anomalies/0.png',
      'has images where the MVTec LOCO layout has folders only: 0.png',
    ],
    [
      'ground_truth/scratch/0/000.png',
      'ground_truth has folders that the MVTec LOCO layout does not know: scratch',
    ],
    ['validation/bad/0.png', 'validation has folders that the MVTec LOCO layout does not know: bad'],
  ] as const)
    await expect(openDataset(await miniature([...files, file]))).rejects.toThrow(words);
});

test('BTAD: ok and ko, masks of the same stem in any format', async () => {
  const files = ['train/ok/0.bmp', 'test/ok/1.bmp', 'test/ko/2.bmp', 'ground_truth/ko/2.png'];
  const root = await miniature(files);
  const data = await openDataset(root);
  expect(data.layout).toBe('btad');
  expect(told(root, data.test)).toEqual([
    'test/ok/1.bmp good',
    'test/ko/2.bmp defect ko ground_truth/ko/2.png',
  ]);
  await refuses(files, { 'test/ko': "has no folder 'ko'; it has ok" });
  const good = await miniature(files.map((file) => file.replace('test/ok', 'test/good')));
  expect(told(good, (await openDataset(good)).test)[0]).toBe('test/good/1.bmp good');
  for (const [file, words] of [
    ['test/good/3.bmp', 'test has good, ok, which mean the same'],
    ['test/scratch/3.bmp', 'test has folders that the BTAD layout does not know: scratch'],
    ['ground_truth/ko/3.png', 'ko has masks that no image takes: 3.png'],
  ] as const)
    await expect(openDataset(await miniature([...files, file]))).rejects.toThrow(words);
});

describe('VisA', () => {
  const rows = [
    'object,split,label,image,mask',
    'candle,train,normal,candle/Data/Images/Normal/0000.JPG,',
    'candle,test,normal,candle/Data/Images/Normal/0001.JPG,',
    'candle,test,anomaly,candle/Data/Images/Anomaly/000.JPG,candle/Data/Masks/Anomaly/000.png',
  ];
  const images = {
    'candle/Data/Images/Normal/0000.JPG': '',
    'candle/Data/Images/Normal/0001.JPG': '',
    'candle/Data/Images/Anomaly/000.JPG': '',
    'candle/Data/Masks/Anomaly/000.png': '',
  };
  const visa = (lines: string[]) => miniature({ ...images, 'split_csv/1cls.csv': lines.join('\n') });

  test('is split by its table', async () => {
    const root = await visa(rows);
    expect(await listCategories(root)).toEqual(['candle']);
    const data = await openDataset(join(root, 'candle'));
    expect(data).toMatchObject({ layout: 'visa', name: 'candle' });
    expect(told(root, data.train)).toEqual(['candle/Data/Images/Normal/0000.JPG good']);
    expect(told(root, data.test)).toEqual([
      'candle/Data/Images/Normal/0001.JPG good',
      'candle/Data/Images/Anomaly/000.JPG defect anomaly candle/Data/Masks/Anomaly/000.png',
    ]);
  });

  test('takes the words of its table in any case', async () => {
    const root = await visa(
      rows.map((row) => row.replace(',train,normal', ',Train,Normal').replace(',anomaly', ',Anomaly')),
    );
    const { train, test: tested } = await openDataset(join(root, 'candle'));
    expect([train, tested].map((samples) => samples.map(({ label }) => label))).toEqual([
      ['good'],
      ['good', 'defect'],
    ]);
  });

  test('says what is wrong with the table', async () => {
    const open = async (root: string) => openDataset(join(root, 'candle'));
    await expect(open(await miniature(images))).rejects.toThrow(
      /its split is missing: there is no .*1cls.csv/,
    );
    await expect(open(await visa(rows.map((row) => row.replace('label', 'labels'))))).rejects.toThrow(
      "has no column 'label'; it has object, split, labels, image, mask",
    );
    await expect(open(await visa(rows.map((row) => row.replace(/^candle,/, 'cashew,'))))).rejects.toThrow(
      "has no rows of 'candle'; it has cashew",
    );
    await expect(open(await visa([...rows, 'candle,test,normal,candle/gone.JPG,']))).rejects.toThrow(
      /1 of 5 files named in .* are missing: .*gone.JPG/,
    );
    await expect(open(await visa([...rows, 'candle,train,anomaly,a.JPG,']))).rejects.toThrow(
      'defective image to learn from',
    );
    const again = rows[1]!.replace('train', 'test').replace('candle/Data', './candle/Data');
    await expect(open(await visa([...rows, again]))).rejects.toThrow(
      /line 5: .*0000.JPG is the image of .*line 2 already/,
    );
    await expect(open(await visa([...rows, 'candle,val,normal,a.JPG,']))).rejects.toThrow(
      "line 5: the split is 'val'",
    );
    await expect(open(await visa([...rows, 'candle,test,good,a.JPG,']))).rejects.toMatchObject({
      message: expect.stringContaining("line 5: the label is 'good'"),
      hint: expect.stringContaining('one of normal, anomaly'),
    });
    await expect(open(await visa(rows.filter((row) => !row.includes('train'))))).rejects.toThrow(
      '1cls.csv has no rows with split train',
    );
    await expect(open(await visa([...rows, 'candle,"']))).rejects.toThrow('is not a CSV file');
  });
});

test('Magnetic Tile: 20 % of the good images, by the seed, are tested on', async () => {
  const good = range(10).flatMap((i) => [`MT_Free/Imgs/${i}.jpg`, `MT_Free/Imgs/${i}.png`]);
  const files = [...good, 'MT_Crack/Imgs/a.jpg', 'MT_Crack/Imgs/a.png', 'MT_Fray/Imgs/b.jpg'];
  const root = await miniature(files);
  const data = await openDataset(root);
  expect(data).toMatchObject({
    layout: 'mtd',
    notes: ['2 of 10 good images, chosen with seed 0, are held out for testing.'],
  });
  expect(data.train).toHaveLength(8);
  expect(told(root, data.test).slice(2)).toEqual([
    'MT_Crack/Imgs/a.jpg defect Crack MT_Crack/Imgs/a.png',
    'MT_Fray/Imgs/b.jpg defect Fray',
  ]);
  const everywhere = new Set([...data.train, ...data.test].map(({ path }) => path));
  expect(everywhere.size).toBe(12);
  expect(await openDataset(root)).toEqual(data);
  expect((await openDataset(root, { seed: 1 })).test).not.toEqual(data.test);
  await refuses(files, { MT_Free: "has no folder 'MT_Free'; it has MT_Crack, MT_Fray" });
  const capital = await miniature(files.map((file) => file.replace('a.png', 'a.PNG')));
  expect(told(capital, (await openDataset(capital)).test)).toContain(
    'MT_Crack/Imgs/a.jpg defect Crack MT_Crack/Imgs/a.PNG',
  );
  for (const [file, words] of [
    ['MT_Fray/Imgs/c.png', 'Imgs has masks that no image takes: c.png'],
    ['MT_Fray/d.jpg', 'MT_Fray has images where the Magnetic Tile layout has folders only: d.jpg'],
    ['Crack/a.jpg', 'has folders that the Magnetic Tile layout does not know: Crack'],
  ] as const)
    await expect(openDataset(await miniature([...files, file]))).rejects.toThrow(words);
});

test('KolektorSDD: defective where the label is not blank', async () => {
  const good = range(5).map((i) => [`kos0${i}/Part0.jpg`, [90]] as const);
  const blank = range(5).map((i) => [`kos0${i}/Part0_label.bmp`, BLANK] as const);
  const files = {
    ...Object.fromEntries([...good, ...blank]),
    'kos10/Part1.jpg': [90],
    'kos10/Part1_label.bmp': MARKED,
  };
  const root = await miniature(files as Record<string, Content>);
  const data = await openDataset(root);
  expect(data.layout).toBe('kolektor-sdd');
  expect([data.train.length, data.test.length]).toEqual([4, 2]);
  expect(told(root, data.test).at(-1)).toBe('kos10/Part1.jpg defect defect kos10/Part1_label.bmp');
  await expect(openDataset(await miniature(['kos01/Part0.jpg']))).rejects.toThrow(
    /1 images of .*kos01 have no '_label' file beside: Part0.jpg/,
  );
  await expect(openDataset(await miniature({ ...files, 'kos01/Part7_label.bmp': BLANK }))).rejects.toThrow(
    'kos01 has masks that no image takes: Part7_label.bmp',
  );
  await expect(openDataset(await miniature({ ...files, 'Kos11/Part0.jpg': '' }))).rejects.toThrow(
    'has folders that the KolektorSDD layout does not know: Kos11',
  );
});

test('KolektorSDD2: defective images are not learned from', async () => {
  const files: Record<string, Content> = {
    'train/1.png': [9],
    'train/1_GT.png': BLANK,
    'train/2.png': [9],
    'train/2_GT.png': MARKED,
    'test/3.png': [9],
    'test/3_GT.png': MARKED,
    'test/4.png': [9],
    'test/4_GT.png': BLANK,
  };
  const root = await miniature(files);
  const data = await openDataset(root);
  expect(data).toMatchObject({
    layout: 'kolektor-sdd2',
    notes: ['1 defective images of train are left out.'],
  });
  expect(told(root, data.train)).toEqual(['train/1.png good']);
  expect(told(root, data.test)).toEqual(['test/3.png defect defect test/3_GT.png', 'test/4.png good']);
  await sharp(Uint16Array.from([0, 255, 0, 0]), { raw: { width: 2, height: 2, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toFile(join(root, 'train/1_GT.png'));
  await expect(openDataset(root), 'a label of 16 bits that holds 255').rejects.toThrow(
    'no good images to learn from',
  );
  const { 'test/4_GT.png': _, ...incomplete } = files;
  await expect(openDataset(await miniature(incomplete))).rejects.toThrow("have no '_GT' file beside: 4.png");
});

test('DAGM: defective where there is a label', async () => {
  const files = [
    'Train/1.PNG',
    'Train/2.PNG',
    'Train/Label/2_label.PNG',
    'Test/3.PNG',
    'Test/Label/3_label.PNG',
    'Test/4.PNG',
  ];
  const root = await miniature(files);
  const data = await openDataset(root);
  expect(data.layout).toBe('dagm');
  expect(told(root, data.train)).toEqual(['Train/1.PNG good']);
  expect(told(root, data.test)).toEqual([
    'Test/3.PNG defect defect Test/Label/3_label.PNG',
    'Test/4.PNG good',
  ]);
  await refuses(files, {
    'Test/Label': "Test has no folder 'Label'",
    'Train/2.PNG': 'has masks that no image takes: 2_label.PNG',
    'Test/': "has no folder 'Test'; it has Train",
  });
});

test('DAGM: masks and Labels.txt say the same', async () => {
  const labelled = (...lines: string[]) =>
    miniature({
      'Train/1.PNG': '',
      'Test/3.PNG': '',
      'Test/4.PNG': '',
      'Test/Label/3_label.PNG': '',
      'Test/Label/Labels.txt': ['1', ...lines].join('\r\n'),
      'Train/Label/Labels.txt': '1\n1\t0\t1.PNG\t0\t0\n',
    });
  const right = ['3\t1\t3.PNG\t0\t3_label.PNG', '4\t0\t4.PNG\t0\t0', ''];
  expect((await openDataset(await labelled(...right))).test).toHaveLength(2);
  const wrong = right.map((line) => line.replace('4\t0', '4\t1'));
  await expect(openDataset(await labelled(...wrong))).rejects.toThrow(
    'something else than Labels.txt: 4.PNG (listed as defective, has no mask)',
  );
  await expect(openDataset(await labelled(right[1]!))).rejects.toThrow('3.PNG (not listed, has a mask)');
});

describe('a table of images', () => {
  const header = 'path,label,mask,split';
  const images = { 'a.png': '', 'b.png': '', 'c.png': '', 'c_mask.png': '', 'd.png': '' };
  const table = (...lines: string[]) =>
    miniature({ ...images, 'manifest.csv': [header, ...lines].join('\r\n') });

  test('says of each what it is', async () => {
    const root = await table(
      'a.png,OK,,train',
      'b.png,good,,validation',
      'c.png,dent,c_mask.png,test',
      'd.png,,,test',
    );
    const data = await openDataset(root);
    expect(data.layout).toBe('manifest');
    expect(told(root, [...data.train, ...data.validation])).toEqual(['a.png good', 'b.png good']);
    expect(told(root, data.test)).toEqual(['c.png defect dent c_mask.png', 'd.png unknown']);
    expect((await openDataset(join(root, 'manifest.csv'))).test).toEqual(data.test);
  });

  test.each([
    ['a.png,dent,,train', "line 2: an image labelled 'dent' is to be learned from"],
    ['a.png,good,,training', "line 2: the split is 'training'"],
    [',good,,train', 'line 2: the path is empty'],
    ['a.png,good,c_mask.png,train', "line 2: an image labelled 'good' has a mask, c_mask.png"],
    ['d.png,,c_mask.png,test', 'line 2: an image without label has a mask, c_mask.png'],
    ['a.png,good,,test', 'manifest.csv has no rows with split train'],
    ['z.png,good,,train', '1 of 1 files named in'],
    ['a.png,good,train', 'is not a CSV file'],
  ])('refuses the row %s', async (line, words) => {
    await expect(openDataset(await table(line))).rejects.toThrow(words);
  });

  test('refuses an image that is named twice, by the lines of the file', async () => {
    const root = await table('', 'a.png,good,,train', '', './a.png,good,,test');
    await expect(openDataset(root)).rejects.toThrow(
      /manifest.csv, line 5: .*a.png is the image of .*manifest.csv, line 3 already/,
    );
  });

  test('is found however its name is written, and must be a file', async () => {
    const written = await miniature({ 'a.png': '', 'Manifest.CSV': `${header}\na.png,good,,Train` });
    expect(await openDataset(written)).toMatchObject({ layout: 'manifest', train: [{ label: 'good' }] });
    await expect(openDataset(await miniature(['manifest.csv/a.png']))).rejects.toThrow(
      /The table .*manifest.csv cannot be read: it is a folder/,
    );
    const dangling = await miniature(['a.png']);
    await symlink('nowhere', join(dangling, 'manifest.csv'));
    await expect(openDataset(dangling)).rejects.toMatchObject({
      code: 'E_DATASET',
      message: expect.stringMatching(/manifest.csv cannot be read: there is no such file/),
    });
    const twice = await miniature({ 'manifest.csv': header, 'MANIFEST.csv': header });
    // One file only, where the file system does not tell the names apart.
    if ((await readdir(twice)).length === 2)
      await expect(openDataset(twice)).rejects.toThrow('has MANIFEST.csv, manifest.csv');
  });

  test('refuses a table without rows or columns', async () => {
    await expect(openDataset(await table())).rejects.toThrow('has no rows');
    const root = await miniature({ 'a.png': '', 'manifest.csv': 'path,label\na.png,good' });
    await expect(openDataset(root)).rejects.toThrow("has no column 'mask', 'split'; it has path, label");
  });
});

test('a folder of several data sets names them', async () => {
  const root = await miniature(['bottle/train/good/0.png', 'cable/train/good/0.png', 'readme/notes.txt']);
  expect(await listCategories(root)).toEqual(['bottle', 'cable']);
  expect(await listCategories(join(root, 'bottle'))).toEqual([]);
  await expect(openDataset(root)).rejects.toThrow('holds 2 data sets: bottle, cable');
});
