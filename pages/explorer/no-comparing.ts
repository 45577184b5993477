/** In place of the editor's views of differences, which are a tenth of it: nothing is compared here. */
export class DiffEditorWidget {}
export class MultiDiffEditorWidget {}
