/** What an explorer shows first: who one is, and what waits in the inbox. */
export const FIRST_OPERATION = `# Everything in this schema is described: point at a field, or search for a REST method's name.
query FirstLook {
  viewer {
    user {
      name
    }
  }
  inbox(first: 10) {
    nodes {
      id
      preview {
        text
      }
      chat {
        title
        state
        line {
          name
        }
        operator {
          name
        }
      }
    }
  }
}
`;
