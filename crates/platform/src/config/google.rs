use super::{BaseUrl, reader::Reader};
use secrecy::SecretString;

/// Signing in with Google.
#[derive(Clone, Debug)]
pub struct GoogleConfig {
    pub client_id: String,
    pub client_secret: SecretString,
    pub issuer: BaseUrl,
}

impl GoogleConfig {
    /// The configuration when both client ID and secret are set.
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let issuer = reader.required("google.issuer");
        let (id, secret) = ("google.client_id", "google.client_secret");
        let values = (reader.optional::<String>(id), reader.secret::<String>(secret));
        let (client_id, client_secret) = reader.both((id, values.0), (secret, values.1))?;
        Some(Self { client_id, client_secret: client_secret.into(), issuer })
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use secrecy::ExposeSecret as _;

    #[test]
    fn client_id_and_secret_come_together_and_the_secret_is_not_shown() {
        let google = load("[google]\nclient_id = 'bellwether'\nclient_secret = 'hunter2'").unwrap().google;
        assert!(!format!("{google:?}").contains("hunter2"));
        let google = google.unwrap();
        assert_eq!(google.client_secret.expose_secret(), "hunter2");
        assert_eq!(google.issuer.to_string(), "https://accounts.google.com");
        assert!(load("").unwrap().google.is_none());
    }

    #[test]
    fn one_without_the_other_is_a_problem_with_the_other() {
        let report = load("[google]\nclient_id = 'bellwether'").unwrap_err();
        assert!(report.contains("BELLWETHER_GOOGLE__CLIENT_SECRET is \"\""), "{report}");
        let report = load("[google]\nclient_secret = 'hunter2'").unwrap_err();
        assert!(report.contains("BELLWETHER_GOOGLE__CLIENT_ID is \"\""), "{report}");
        assert!(!report.contains("hunter2"), "{report}");
    }
}
