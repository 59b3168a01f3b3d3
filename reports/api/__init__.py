"""The API's endpoints on half-years and reports: lists (`reading`), and what an agency and a coordinator do."""
