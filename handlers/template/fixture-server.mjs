import { createServer } from 'node:http';

/** What the archive holds. */
const SAMPLES = {
  CUSTOM123456: {
    id: 'CUSTOM123456',
    title: 'Test Sample',
    organism: 'Homo sapiens',
    tissue_type: 'brain',
    study_id: 'STUDY001',
    run_ids: ['RUN001'],
  },
};
const RUNS = {
  RUN001: {
    id: 'RUN001',
    title: 'First run',
    sample_id: 'CUSTOM123456',
    file_urls: ['https://files.example.org/RUN001_1.fastq.gz', 'https://files.example.org/RUN001_2.fastq.gz'],
    file_size: 1200,
  },
};

/** Starts an archive on this machine that answers as the real one does; `missing` is an id that it does not have. */
export async function startArchive() {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    missing: 'CUSTOM000000',
    search: { tissue: 'brain' },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function answer(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  const found = find(request.method, request.url, body);
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found ?? { message: 'not found' }));
}

function find(method, path, body) {
  if (method === 'POST' && path === '/samples/search') {
    const { tissue } = JSON.parse(body);
    return Object.values(SAMPLES).filter((sample) => sample.tissue_type === tissue);
  }
  if (path === '/status' || path === '/auth/validate') return { status: 'ok' };
  const [, kind, id] = path.split('/');
  return { samples: SAMPLES, runs: RUNS }[kind]?.[id];
}
