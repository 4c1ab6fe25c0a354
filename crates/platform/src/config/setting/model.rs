//! The settings of models, and of where their files are.

use super::{Setting, setting};

pub const MODELS: &[Setting] = &[
    setting(
        "sentiment.social",
        "BELLWETHER_SENTIMENT__SOCIAL",
        "finance",
        "finance, vader, compact or finbert",
        "the model that scores posts and comments",
    ),
    setting(
        "sentiment.news",
        "BELLWETHER_SENTIMENT__NEWS",
        "finance",
        "finance, vader, compact or finbert",
        "the model that scores articles and headlines",
    ),
    setting(
        "sentiment.fallback",
        "BELLWETHER_SENTIMENT__FALLBACK",
        "finance",
        "finance or vader",
        "the model that scores where another is missing or fails",
    ),
    setting(
        "sentiment.least_quality",
        "BELLWETHER_SENTIMENT__LEAST_QUALITY",
        "30",
        "a whole number from 0 to 100",
        "posts of a lower quality are not scored",
    ),
    setting(
        "sentiment.good_quality",
        "BELLWETHER_SENTIMENT__GOOD_QUALITY",
        "50",
        "a whole number from 0 to 100",
        "posts from this quality on are marked as good",
    ),
    setting(
        "bucket.url",
        "BELLWETHER_BUCKET",
        "",
        "s3://name or s3://name/prefix",
        "a bucket that speaks S3, where forecasting models lie for all machines",
    ),
    setting(
        "bucket.endpoint",
        "AWS_ENDPOINT_URL",
        "",
        "a URL that begins with https:// or http://",
        "the service that has the bucket; Amazon's own if empty",
    ),
    setting("bucket.region", "AWS_REGION", "us-east-1", "a word without spaces", "where the bucket is"),
    setting(
        "bucket.access_key_id",
        "AWS_ACCESS_KEY_ID",
        "",
        "a key's id",
        "the key to the bucket; what the machine's role is given if empty",
    ),
    setting("bucket.secret_access_key", "AWS_SECRET_ACCESS_KEY", "", "a key's secret", "its secret"),
    setting(
        "models.folder",
        "BELLWETHER_MODELS__FOLDER",
        "data/models",
        "the path of a folder",
        "where models lie that are not built in, and ONNX Runtime",
    ),
    setting(
        "models.runtime",
        "ORT_DYLIB_PATH",
        "",
        "the path of the library of ONNX Runtime",
        "ONNX Runtime, where it lies elsewhere",
    ),
    setting(
        "models.threads",
        "BELLWETHER_MODELS__THREADS",
        "",
        "a whole number from 1 to 1000000",
        "threads of a model that ONNX Runtime runs; half of the cores if empty",
    ),
    setting(
        "models.promotes_if_better",
        "BELLWETHER_MODELS__PROMOTES_IF_BETTER",
        "true",
        "true or false",
        "whether a forecasting model that was trained anew answers if the gate does not object",
    ),
    setting(
        "sentiment.labelled_folder",
        "BELLWETHER_SENTIMENT__LABELLED_FOLDER",
        "data/labelled",
        "the path of a folder",
        "where files of labelled texts lie, on which all models are measured each week",
    ),
];
