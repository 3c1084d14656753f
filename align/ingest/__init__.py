"""Reading pages and dumps into documents, and cutting documents into stories and segments."""
