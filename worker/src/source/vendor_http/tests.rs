use super::*;
use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A vendor that answers each connection with `head` and what `body` writes.
async fn vendor<F>(head: &'static str, body: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 4096]).await;
            let _ = socket.write_all(format!("HTTP/1.1 {head}\r\n").as_bytes()).await;
            body(socket).await;
        }
    });
    url
}

/// The answer to a call, when the vendor sends `head` and so many bytes.
async fn answered(head: &'static str, length: usize) -> Result<VendorAnswer, VendorError> {
    let url = vendor(head, move |mut socket| async move {
        let text = format!("Content-Length: {length}\r\nConnection: close\r\n\r\n{}", "x".repeat(length));
        // The client may hang up before the end.
        let _ = socket.write_all(text.as_bytes()).await;
    });
    let url = url.await;
    VendorHttp::default().call(|client| client.get(url)).await
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let largest = answered("200 OK", LARGEST).await.unwrap();
    assert_eq!(largest.body.len(), LARGEST);
    for length in [LARGEST + 1, 100_000_000] {
        assert_eq!(answered("200 OK", length).await.unwrap_err(), VendorError::TooLarge(LARGEST));
    }
}

#[tokio::test]
async fn a_slow_drip_ends_with_the_patience() {
    let url = vendor("200 OK", |mut socket| async move {
        let _ = socket.write_all(b"Content-Length: 1000\r\n\r\n").await;
        while socket.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let patience = Duration::from_millis(300);
    let url = url.await;
    let call = VendorHttp::new(Clock::system(), patience);
    let call = call.call(|client| client.get(url));
    let error = tokio::time::timeout(Duration::from_secs(5), call).await.unwrap().unwrap_err();
    assert_eq!(error, VendorError::TimedOut(patience));
}

#[tokio::test]
async fn an_answer_cut_off_is_none() {
    let url = vendor("200 OK", |mut socket| async move {
        let _ = socket.write_all(b"Content-Length: 1000\r\n\r\n{\"half\": ").await;
    });
    let url = url.await;
    let error = VendorHttp::default().call(|client| client.get(url)).await.unwrap_err();
    assert_eq!(error, VendorError::Unreachable);
}

#[tokio::test]
async fn a_redirect_is_an_error_and_not_followed() {
    let error = answered("302 Found\r\nLocation: http://127.0.0.1:9/", 0).await.unwrap_err();
    assert_eq!(error, VendorError::Redirected(302));
    let limited = answered("429 Too Many Requests\r\nX-Left: 997.0", 0).await.unwrap();
    assert_eq!((limited.status.as_u16(), limited.number("x-left")), (429, Some(997)));
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let length = socket.read(&mut request).await.unwrap();
            let knows = String::from_utf8_lossy(&request[..length]).contains("if-none-match: \"v1\"");
            let answer = if knows {
                "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
            } else {
                "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody"
            };
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let http = VendorHttp::default();
    for _ in 0..2 {
        let answer = http.call(|client| client.get(&url)).await.unwrap();
        assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "body"));
    }
    let other = http.call(|client| client.get(format!("{url}/other"))).await.unwrap();
    assert_eq!(other.text(), "body");
}

#[tokio::test]
async fn no_error_has_the_address_or_the_key() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = VendorHttp::default();
    for address in ["http://127.0.0.1:9/x?apikey=hunter2", "no address?apikey=hunter2"] {
        let error = http.call(|client| client.get(address)).await.unwrap_err();
        let text = format!("{error} {error:?} {http:?}");
        assert!(!text.contains("hunter2") && !text.contains("127.0.0.1"), "{text}");
    }
}

#[test]
fn a_key_in_a_header_is_not_shown() {
    let value = sensitive(&"hunter2".into()).unwrap();
    assert!(!format!("{value:?}").contains("hunter2"));
}
