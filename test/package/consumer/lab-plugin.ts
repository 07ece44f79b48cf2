import { AuthError, CellineError, defineHandler, openProject, VERSION } from 'celline';

export default defineHandler({
  name: 'lab',
  // What a plug-in gets is the celline that runs it.
  description: `celline ${VERSION} ${typeof openProject} ${new AuthError('') instanceof CellineError}`,
  source: 'LAB',
  pattern: { pattern: /^LAB\d{6}$/, example: 'LAB000001' },
  baseUrl: 'https://samples.example.org',
  async fetchSample(id, { http }) {
    const { title, tissue } = await http.json<{ title: string; tissue: string }>(`/samples/${id}`);
    return { title, tissue, children: [] };
  },
  fetchRun: async () => null,
});
