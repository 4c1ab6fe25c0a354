use super::{BaseUrl, reader::Reader};
use secrecy::SecretString;

/// A bucket that speaks S3, for files that all machines share.
#[derive(Clone, Debug)]
pub struct BucketConfig {
    pub name: String,
    /// What all keys begin with; may be empty.
    pub prefix: String,
    pub region: String,
    /// Absent: Amazon's own.
    pub endpoint: Option<BaseUrl>,
    /// The key and its secret; absent: what the machine or its role is given.
    pub key: Option<(String, SecretString)>,
}

impl BucketConfig {
    /// The configuration when there is a bucket.
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let Place { name, prefix } = reader.optional("bucket.url")?;
        let region = reader.word("bucket.region");
        let endpoint = reader.optional("bucket.endpoint");
        let (id, secret) = ("bucket.access_key_id", "bucket.secret_access_key");
        let values = (reader.optional::<String>(id), reader.secret::<String>(secret));
        let key = reader.both((id, values.0), (secret, values.1)).map(|(id, secret)| (id, secret.into()));
        Some(Self { name, prefix, region, endpoint, key })
    }
}

/// `s3://name/prefix`.
struct Place {
    name: String,
    prefix: String,
}

impl std::str::FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let place = text.strip_prefix("s3://").ok_or("the URL does not begin with s3://")?;
        let (name, prefix) = place.split_once('/').unwrap_or((place, ""));
        if name.is_empty()
            || name.contains(|letter: char| !letter.is_ascii_alphanumeric() && !".-".contains(letter))
        {
            return Err("the bucket has no name, or one that none can have");
        }
        Ok(Self { name: name.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;

    #[test]
    fn a_bucket_has_a_name_and_perhaps_a_prefix_and_its_secret_is_not_shown() {
        let bucket = |text: &str| load(text).map(|config| config.bucket);
        assert!(bucket("").unwrap().is_none());
        let found = bucket(
            "[bucket]\nurl = 's3://models/of/ours/'\naccess_key_id = 'me'\nsecret_access_key = 'hunter2'",
        );
        let found = found.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.prefix.as_str()), ("models", "of/ours"));
        assert_eq!(found.region, "us-east-1");
        assert!(!format!("{found:?}").contains("hunter2"));
        for wrong in [
            "url = 'https://models'",
            "url = 's3://'",
            "url = 's3://a b'",
            "url = 's3://a'\naccess_key_id = 'me'",
        ] {
            assert!(bucket(&format!("[bucket]\n{wrong}")).is_err(), "{wrong}");
        }
    }
}
